import type { TaskProgress } from './meter';

/** Shows how long work goes. */
export interface ProgressView {
  /** A stage begins. */
  stage(text: string): void;
  update(progress: TaskProgress): void;
  /** Nothing more is shown. */
  stop(): void;
}

import type { Clock } from '../../ports/clock';
import type { Terminal } from '../terminal';
import type { TaskProgress } from './meter';
import { createProgressBars } from './progress-bars';
import { createProgressLines } from './progress-lines';

/** Shows how long work goes. */
export interface ProgressView {
  /** A stage begins. */
  stage(text: string): void;
  update(progress: TaskProgress): void;
  /** Nothing more is shown. */
  stop(): void;
}

/** Bars for who watches a terminal; lines where they are kept in a file, or between those of the log. */
export function createProgressView(terminal: Terminal, clock: Clock): ProgressView {
  return terminal.isWatched && !terminal.verbose ? createProgressBars(clock) : createProgressLines(terminal.note, clock);
}

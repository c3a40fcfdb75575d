import type { Measure } from './measure';

/** What every bench is handed. */
export interface Context {
  /** Where trees are kept for the next run. */
  readonly trees: string;
  /** An own directory, removed at the end. */
  readonly work: string;
  readonly measure: Measure;
  /** Aborted by Ctrl-C; whoever works for long looks at it. */
  readonly signal: AbortSignal;
  /** One line about what happens now. */
  say(line: string): void;
}

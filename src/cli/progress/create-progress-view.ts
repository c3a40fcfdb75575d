import type { Clock } from '../../ports/clock';
import type { Terminal } from '../terminal';
import { createProgressBars } from './progress-bars';
import { createProgressLines } from './progress-lines';
import type { ProgressView } from './progress-view';

/** Bars for who watches a terminal; lines where they are kept in a file, or between those of the log. */
export function createProgressView(terminal: Terminal, clock: Clock): ProgressView {
  return terminal.isWatched && !terminal.verbose ? createProgressBars(clock) : createProgressLines(terminal.note, clock);
}

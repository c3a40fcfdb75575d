import type { Clock } from '../../ports/clock';
import { formatBytes, formatCount, formatDuration } from '../format';

/** What is known of one task at one moment. Counts may start over: a task can be done in several boxes. */
export interface TaskProgress {
  readonly task: string;
  /** 0 to 100. */
  readonly percent?: number | undefined;
  /** Where whoever does the work says so; estimated from what was seen otherwise. */
  readonly secondsLeft?: number | undefined;
  readonly files?: number | undefined;
  readonly bytes?: number | undefined;
  /** Of the whole task, where that is known. */
  readonly totalFiles?: number | undefined;
  readonly totalBytes?: number | undefined;
}

export interface Reading {
  readonly task: string;
  /** 0 to 1; undefined where the whole is not known. */
  readonly fraction: number | undefined;
  /** Amounts, rates and time left. */
  readonly detail: string;
}

interface Counted {
  readonly startedAt: number;
  files: number;
  bytes: number;
  last: { readonly files: number; readonly bytes: number };
}

/** Below this rates jump about and say nothing. */
const ratesFromMs = 2_000;

/** Turns progress into something to read: totals over all boxes, rates, and time left. */
export function createMeter(clock: Clock) {
  const tasks = new Map<string, Counted>();

  function count({ task, files = 0, bytes = 0 }: TaskProgress): Counted {
    const known = tasks.get(task) ?? { startedAt: clock.now().getTime(), files: 0, bytes: 0, last: { files: 0, bytes: 0 } };
    tasks.set(task, known);
    known.files += files < known.last.files ? files : files - known.last.files;
    known.bytes += bytes < known.last.bytes ? bytes : bytes - known.last.bytes;
    known.last = { files, bytes };
    return known;
  }

  return function read(progress: TaskProgress): Reading {
    const { startedAt, files, bytes } = count(progress);
    const elapsed = clock.now().getTime() - startedAt;
    const fraction = fractionOf(progress, { files, bytes });
    const rate = (amount: number, format: (perSecond: number) => string) =>
      elapsed < ratesFromMs ? '' : ` (${format(amount / (elapsed / 1000))}/s)`;
    const parts = [
      ...(progress.files === undefined ? [] : [`${formatCount(files)} files${rate(files, formatCount)}`]),
      ...(progress.bytes === undefined ? [] : [`${formatBytes(bytes)}${rate(bytes, formatBytes)}`]),
      ...(progress.percent === undefined ? [] : [`${Math.round(progress.percent)} %`]),
      ...timeLeft(progress, fraction, elapsed),
    ];
    return { task: progress.task, fraction, detail: parts.join(', ') };
  };
}

function fractionOf(progress: TaskProgress, done: { files: number; bytes: number }): number | undefined {
  if (progress.percent !== undefined) return within(progress.percent / 100);
  if (progress.totalBytes) return within(done.bytes / progress.totalBytes);
  return progress.totalFiles ? within(done.files / progress.totalFiles) : undefined;
}

function timeLeft({ secondsLeft }: TaskProgress, fraction: number | undefined, elapsed: number): string[] {
  if (secondsLeft !== undefined) return [`${formatDuration(secondsLeft * 1000)} left`];
  if (fraction === undefined || fraction < 0.01 || fraction >= 1 || elapsed < ratesFromMs) return [];
  return [`${formatDuration((elapsed * (1 - fraction)) / fraction)} left`];
}

function within(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

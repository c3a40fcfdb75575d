import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess, type Command } from './run-process';

export interface Measured {
  /** Wall time of the whole process, from outside. */
  readonly seconds: number;
  /** User and system time of the process and of the children it waited for. */
  readonly cpuSeconds: number;
  /** Largest resident set: of the process, or of its largest child. */
  readonly peakBytes: number;
}

export type Measure = (command: Command) => Promise<Measured>;

export const timeProgram = '/usr/bin/time';

/** Runs whole processes under GNU time, each after what was written before has reached the disk. */
export function createMeasure(directory: string, signal: AbortSignal): Measure {
  const report = join(directory, 'time.txt');
  return async ({ argv, ...rest }) => {
    await runProcess({ argv: ['sync'] }, signal);
    const started = performance.now();
    await runProcess({ argv: [timeProgram, '-f', '%U %S %M', '-o', report, ...argv], ...rest }, signal);
    const seconds = (performance.now() - started) / 1000;
    const measured = { seconds, ...parseTimeReport(await readFile(report, 'utf8')) };
    await rm(report);
    return measured;
  };
}

function parseTimeReport(text: string): Omit<Measured, 'seconds'> {
  const found = /([\d.]+) ([\d.]+) (\d+)\s*$/.exec(text);
  if (!found) throw new Error(`${timeProgram} reported ${JSON.stringify(text)}`);
  const [, user, system, peakKib] = found;
  return { cpuSeconds: Number(user) + Number(system), peakBytes: Number(peakKib) * 1024 };
}

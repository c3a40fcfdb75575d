import { InvalidArgumentError, type Command } from 'commander';
import { join } from 'node:path';
import { untilSignal } from '../sandbox/until-signal';
import type { Context } from './harness/context';
import { createMeasure } from './harness/measure';
import { openScratch } from './harness/scratch';
import type { Report } from './report/report';
import { reportText, writeReport } from './report/write-report';

export interface CommonOptions {
  readonly runs: number;
  readonly write: boolean;
}

const documents = join(__dirname, '..', '..', 'docs');

/** A bench's command with the options all have. */
export function benchCommand(program: Command, name: string, { runs }: { runs: number }): Command {
  return program
    .command(name)
    .option('--runs <n>', 'how often each program takes its turn', parseCount, runs)
    .option('--write', 'put the result into its section of docs/benchmarks.md', false);
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is wanted');
  return Number(text);
}

/** Runs a bench, shows its report, and clears up whatever happens. A report is written only when the bench came to its end. */
export async function runBench({ write }: CommonOptions, bench: (context: Context) => Promise<Report>): Promise<void> {
  const stop = new AbortController();
  void untilSignal().then(() => {
    stop.abort(new Error('stopped'));
  });
  const { trees, work, close } = await openScratch();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const report = await bench({ trees, work, say, signal: stop.signal, measure: createMeasure(work, stop.signal) });
    process.stdout.write(`${reportText(report)}\n`);
    if (write) await writeReport(report, documents);
  } finally {
    await close();
  }
}

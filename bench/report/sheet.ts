import type { Measured } from '../harness/measure';
import { median, ratioOfPairs } from '../harness/statistics';
import { markdownTable, megabytes, ratio, seconds } from './words';

/** What was measured, by step and by who did it, in the order of first mention. */
export interface Sheet {
  add(step: string, who: string, measured: Measured): void;
  steps(): readonly string[];
  whoDid(step: string): readonly string[];
  /** One for each run. */
  values(step: string, who: string): (what: keyof Measured) => number[];
}

/** @param order Who comes first in every list, whoever is measured first. */
export function createSheet(order: readonly string[]): Sheet {
  const steps = new Map<string, Map<string, Measured[]>>();
  return {
    add(step, who, measured) {
      const row = steps.get(step) ?? new Map<string, Measured[]>();
      row.set(who, [...(row.get(who) ?? []), measured]);
      steps.set(step, row);
    },
    steps: () => [...steps.keys()],
    whoDid: (step) => order.filter((who) => steps.get(step)?.has(who)),
    values: (step, who) => (what) => (steps.get(step)?.get(who) ?? []).map((measured) => measured[what]),
  };
}

export interface Comparison {
  readonly ours: string;
  readonly theirs: string;
  readonly step: string;
}

/** How much more one takes than the other, by pairs of runs. */
export function compare(sheet: Sheet, { step, ours, theirs }: Comparison, what: keyof Measured = 'seconds'): number {
  return ratioOfPairs(sheet.values(step, ours)(what), sheet.values(step, theirs)(what));
}

/** A row for each step and program, with what `ours` takes divided by what this one takes. */
export function sheetTable(sheet: Sheet, ours: string): string {
  const header = ['step', 'program', 'wall (least–most)', 'CPU', 'peak memory', `${ours} ÷ it: wall`, 'CPU'];
  const rows = sheet.steps().flatMap((step) =>
    sheet.whoDid(step).map((who) => {
      const values = sheet.values(step, who);
      const walls = values('seconds');
      const spread = `${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)}`;
      const pair = { step, ours, theirs: who };
      const ratios = who === ours ? ['', ''] : [ratio(compare(sheet, pair)), ratio(compare(sheet, pair, 'cpuSeconds'))];
      const medians = [seconds(median(values('cpuSeconds'))), megabytes(median(values('peakBytes')))];
      return [step, who, `${seconds(median(walls))} (${spread})`, ...medians, ...ratios];
    }),
  );
  return markdownTable(header, rows);
}

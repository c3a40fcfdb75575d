export interface Interleaving<Entry> {
  readonly runs: number;
  readonly entries: readonly Entry[];
}

/** A B, then B A, then A B …: what drifts or warms up falls on all alike, and each run makes a pair. */
export async function interleave<Entry>(
  { runs, entries }: Interleaving<Entry>,
  work: (entry: Entry, run: number) => Promise<void>,
): Promise<void> {
  for (let run = 0; run < runs; run++) {
    for (const entry of run % 2 === 0 ? entries : entries.toReversed()) await work(entry, run);
  }
}

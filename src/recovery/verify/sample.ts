import type { Coverage } from '../../contracts/verification';
import type { ExpectedBlob } from './expected-blobs';
import type { ReadTimes } from './read-ledger';

/** What of a set of blobs is to be read, and what has been since. */
export interface Sample {
  /** Of the bytes, up to 1. Whole blobs are read, so a little more is. */
  readonly share: number;
  /** What was read since then counts. */
  readonly since: string;
  readonly times: ReadTimes;
  /** Keys of blobs that turned out to be damaged since then. */
  readonly damaged: ReadonlySet<string>;
}

export interface ToRead {
  /** Those not read for the longest time first, as many as are still needed. */
  readonly blobs: readonly ExpectedBlob[];
  readonly bytes: number;
  /** Of all that the sample is. */
  readonly totalBytes: number;
}

/** With a share of 1/n all is read in n verifications, whatever is added: what was never read comes first. */
export function chooseSample(blobs: readonly ExpectedBlob[], { share, since, times, damaged }: Sample): ToRead {
  const wanted = share * sizeOf(blobs);
  const isDone = ({ key }: ExpectedBlob) => damaged.has(key) || (times.get(key) ?? '') >= since;
  const done = sizeOf(blobs.filter(isDone));
  const waiting = blobs.filter((blob) => !isDone(blob)).sort((a, b) => byAge(a, b, times));
  const chosen: ExpectedBlob[] = [];
  let bytes = 0;
  for (const blob of waiting) {
    if (done + bytes >= wanted) break;
    chosen.push(blob);
    bytes += blob.size;
  }
  return { blobs: chosen, bytes, totalBytes: done + bytes };
}

export function coverageOf(blobs: readonly ExpectedBlob[], { times, share }: Pick<Sample, 'times' | 'share'>): Coverage {
  const covered = blobs.filter(({ key }) => times.has(key));
  const bytes = sizeOf(blobs);
  const coveredBytes = sizeOf(covered);
  const oldest = covered.map(({ key }) => times.get(key) ?? '').sort()[0] ?? null;
  return { bytes, coveredBytes, oldest, runsLeft: bytes === 0 ? 0 : Math.ceil((bytes - coveredBytes) / (share * bytes)) };
}

function byAge(a: ExpectedBlob, b: ExpectedBlob, times: ReadTimes): number {
  const ages = [times.get(a.key) ?? '', times.get(b.key) ?? ''] as const;
  return ages[0] === ages[1] ? (a.key < b.key ? -1 : 1) : ages[0] < ages[1] ? -1 : 1;
}

function sizeOf(blobs: readonly ExpectedBlob[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}

import { hash } from 'node:crypto';
import type { FailedFile, Segment } from '../contracts/recovery-point';
import { isWithin } from '../contracts/share-path';
import { codeOf } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { IndexLine } from './index-entry';
import { readSegment } from './index-reader';
import { layout } from './layout';
import { compressFrame } from './zstd';

export interface MendSeamsOptions {
  readonly store: BlobStore;
  readonly runId: string;
  /** In path order. */
  readonly segments: readonly Segment[];
  /** Where in `segments` another partition begins. */
  readonly seams: readonly number[];
}

export interface MendedSeams {
  readonly segments: Segment[];
  /** Entries taken out. */
  readonly removed: IndexLine[];
}

/**
 * Two partitions look at the share at different times: what the one saw as a file, the other may have seen as a
 * directory. Nothing below a file or link can be restored, so what is below wins and the entry above it is taken out.
 */
export async function mendSeams({ store, runId, segments, seams }: MendSeamsOptions): Promise<MendedSeams> {
  const mended: (Segment | undefined)[] = [...segments];
  const removed: IndexLine[] = [];
  for (const seam of seams) {
    const before = segments[seam - 1];
    const after = segments[seam];
    if (before === undefined || after === undefined || !isWithin(after.first, before.last)) continue;
    const lines = await readSegment(store, before);
    const above = lines.pop();
    if (above === undefined || above.entry.type === 'directory') continue;
    removed.push(above);
    mended[seam - 1] = await storeSegment(store, layout.segment(runId, `seam-${String(seam).padStart(6, '0')}`), lines);
  }
  return { segments: mended.filter((segment) => segment !== undefined), removed };
}

/** What the record tells of an entry that was taken out. */
export function asFailed({ entry: { path } }: IndexLine): FailedFile {
  return { path, code: 'share.changing', message: 'became a directory, or was one, while it was looked at', keptEarlier: false };
}

async function storeSegment(store: BlobStore, key: string, lines: readonly IndexLine[]): Promise<Segment | undefined> {
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const bytes = compressFrame(Buffer.from(lines.map(({ line }) => `${line}\n`).join(''), 'utf8'));
  const sha256 = hash('sha256', bytes, 'hex');
  try {
    await store.put(key, bytes, { onlyIfAbsent: true, sha256 });
  } catch (error) {
    // The commit before this one was not heard of, and wrote the same.
    if (codeOf(error) !== 'store.exists') throw error;
  }
  return { key, size: bytes.length, sha256, first: first.entry.path, last: last.entry.path, entries: lines.length };
}

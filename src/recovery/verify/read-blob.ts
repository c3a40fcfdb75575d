import { createHash } from 'node:crypto';
import { codeOf } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { decompressFrames } from '../../repository/zstd';
import { everything, type DamagedRange } from './damage';
import type { ExpectedBlob } from './expected-blobs';
import type { Finding } from '../../contracts/verification';
import { createFrameWalker } from '../frame-walker';

/** Far above what one frame of ours decompresses to. */
const frameLimit = 64 * 1024 * 1024;

export interface ReadBlob {
  readonly problem?: Pick<Finding, 'code' | 'message'>;
  /** Where the problem is. */
  readonly damaged: readonly DamagedRange[];
}

/** Reads every byte of a blob; of a pack it follows the frames too, and when it is damaged finds out where. */
export async function readBlob(store: BlobStore, blob: ExpectedBlob, onBytes: (bytes: number) => void): Promise<ReadBlob> {
  const hash = createHash('sha256');
  const walker = blob.isPack ? createFrameWalker() : undefined;
  try {
    for await (const chunk of store.stream(blob.key)) {
      hash.update(chunk);
      walker?.push(chunk);
      onBytes(chunk.length);
    }
  } catch (error) {
    if (codeOf(error) !== 'store.not-found') throw error;
    return { problem: { code: 'blob.missing', message: 'is missing' }, damaged: [everything] };
  }
  const brokenAt = walker?.end();
  if (hash.digest('hex') !== blob.sha256) {
    const problem = { code: 'blob.changed', message: 'holds other bytes than were stored' } as const;
    return { problem, damaged: blob.isPack ? await findDamage(store, blob) : [everything] };
  }
  if (brokenAt === undefined) return { damaged: [] };
  const problem = { code: 'pack.frames', message: `has no zstd frame at byte ${brokenAt}` } as const;
  return { problem, damaged: [{ from: brokenAt, to: everything.to }] };
}

/** Frames carry checksums: one that decompresses is whole. When all of them do, the pack is another one. */
async function findDamage(store: BlobStore, { key }: ExpectedBlob): Promise<DamagedRange[]> {
  const damaged: DamagedRange[] = [];
  const walker = createFrameWalker(({ offset, bytes, skippable }) => {
    if (!skippable && !decompresses(bytes)) damaged.push({ from: offset, to: offset + bytes.length });
  });
  for await (const chunk of store.stream(key)) walker.push(chunk);
  const brokenAt = walker.end();
  if (brokenAt !== undefined) damaged.push({ from: brokenAt, to: everything.to });
  return damaged.length === 0 ? [everything] : damaged;
}

function decompresses(frame: Buffer): boolean {
  try {
    decompressFrames(frame, frameLimit);
    return true;
  } catch {
    return false;
  }
}

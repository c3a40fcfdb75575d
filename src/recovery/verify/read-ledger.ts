import * as z from 'zod';
import { codeOf } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import { parseJson } from '../../repository/json-blob';
import { readIfPresent } from '../../repository/read-if-present';
import { storeLines } from '../../repository/stored-lines';
import { decompressFrames } from '../../repository/zstd';

const lineSchema = z.object({ key: z.string(), at: z.iso.datetime() });
/** A hundred bytes for each of some millions of blobs. */
const ledgerLimit = 512 * 1024 * 1024;

/** When each blob was last read whole and found as it was stored, by its key. */
export type ReadTimes = Map<string, string>;

/**
 * The times of earlier verifications, as far as they are past: a clock that ran ahead must not keep anything from being read.
 * What cannot be read counts as not read: then all is read once more.
 */
export async function loadReadTimes(store: BlobStore, now: Date): Promise<ReadTimes> {
  const key = layout.readLedger;
  const content = await readIfPresent(store, key);
  const times: ReadTimes = new Map();
  if (content === undefined) return times;
  try {
    for (const line of decompressFrames(content, ledgerLimit).toString('utf8').split('\n').slice(0, -1)) {
      const { key: blob, at } = parseJson(key, Buffer.from(line), lineSchema);
      if (Date.parse(at) <= now.getTime()) times.set(blob, at);
    }
    return times;
  } catch (error) {
    if (codeOf(error) === 'store.unavailable') throw error;
    return new Map();
  }
}

/** Adds what was read now to what is there. Of two that do so at once, one may be lost, and is read once more. */
export async function addReadTimes(store: BlobStore, keys: readonly string[], now: Date): Promise<ReadTimes> {
  const times = await loadReadTimes(store, now);
  for (const key of keys) times.set(key, now.toISOString());
  const lines = [...times].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, readAt]) => ({ key, at: readAt }));
  await storeLines(store, layout.readLedger, lines);
  return times;
}

import { hash } from 'node:crypto';
import { type ChainPlace, formatVersion, recoveryPointSchema } from '../contracts/recovery-point';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { type ChainLink, chainLinkSchema } from './chain';
import { createJson, jsonBytes, parseJson, readJson } from './json-blob';
import { layout } from './layout';
import type { Ground, StoredPoint, UncommittedPoint } from './recovery-points';

export interface CommitOptions {
  readonly store: BlobStore;
  readonly read: (id: string) => Promise<StoredPoint>;
  readonly ground: () => Promise<Ground>;
}

/** How a point comes into being: chain link, digest, and last of all the record. */
export function createCommit({ store, read, ground }: CommitOptions) {
  /** The record's exact bytes, settled before anything is written: of two commits of one run at once, both write the first one's. */
  async function settle(point: UncommittedPoint, place: ChainPlace | undefined): Promise<Buffer> {
    const key = layout.settledRecord(point.id);
    const record = recoveryPointSchema.parse({ formatVersion, ...point, ...(place ?? (await ground()).place) });
    const bytes = jsonBytes(record);
    const isFirst = await unlessThere(store.put(key, bytes, { onlyIfAbsent: true, contentType: 'application/json' }));
    return isFirst ? bytes : (await store.read(key)).content;
  }

  /** Takes the point's place in the chain. @returns false when an earlier commit of this point had other bytes. */
  async function link(place: ChainLink): Promise<boolean> {
    const { id, sequence, sha256 } = place;
    const key = layout.chainLink(sequence);
    if (await unlessThere(createJson(store, key, place))) return true;
    const there = await readJson(store, key, chainLinkSchema);
    if (there.id === id) return there.sha256 === sha256;
    throw new HubkeepError('store.exists', `another run has taken place ${sequence} in the chain of recovery points`);
  }

  return async function commit(point: UncommittedPoint, place?: ChainPlace): Promise<StoredPoint> {
    const bytes = await settle(point, place);
    const record = parseJson(layout.settledRecord(point.id), bytes, recoveryPointSchema);
    const { id, sequence, previous } = record;
    const sha256 = hash('sha256', bytes, 'hex');
    if (!(await link({ sequence, id, sha256, previous }))) return read(id);
    await store.put(layout.pointDigest(id), Buffer.from(digestLine(sha256)), { contentType: 'text/plain' });
    await unlessThere(store.put(layout.point(id), bytes, { onlyIfAbsent: true, contentType: 'application/json', sha256 }));
    return { point: record, sha256 };
  };
}

/** @returns false when it was there: whoever wrote it first wrote the same. */
async function unlessThere(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (codeOf(error) !== 'store.exists') throw error;
    return false;
  }
}

/** As sha256sum writes it, so that it can check it. */
export function digestLine(sha256: string): string {
  return `${sha256}  recovery-point.json\n`;
}

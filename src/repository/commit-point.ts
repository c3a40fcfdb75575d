import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Warning } from '../contracts/outcome';
import {
  type BlobReference,
  type ChainPlace,
  formatVersion,
  type RecoveryPoint,
  recoveryPointSchema,
} from '../contracts/recovery-point';
import { type RunbookFormat, runbookFormats } from '../contracts/runbook';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { type ChainLink, chainLinkSchema } from './chain';
import { createJson, jsonBytes, parseJson, readJson } from './json-blob';
import { layout } from './layout';
import type { Ground, StoredPoint, UncommittedPoint } from './recovery-points';

export interface CommitServices {
  readonly store: BlobStore;
  readonly read: (id: string) => Promise<StoredPoint>;
  readonly ground: () => Promise<Ground>;
}

export type RunbookTexts = Readonly<Record<RunbookFormat, string>>;

export interface CommitOptions {
  /** Given by `ground` since the run has its lock; looked for when not given. */
  readonly place?: ChainPlace;
  /** Writes the point's runbook. Never throws: without one the point is as good, and has a warning. */
  readonly describe?: (point: RecoveryPoint) => RunbookTexts | Warning;
}

const settledSchema = z.object({
  record: z.string(),
  runbook: z.object({ md: z.string(), html: z.string(), json: z.string() }).optional(),
});
type Settled = z.infer<typeof settledSchema>;

const contentTypes: Readonly<Record<RunbookFormat, string>> = {
  md: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
};

/** How a point comes into being: runbook, chain link, digest, and last of all the record. */
export function createCommit({ store, read, ground }: CommitServices) {
  /** The exact bytes of record and runbook, settled before anything is written: of two commits of one run at once, both write the first one's. */
  async function settle(point: UncommittedPoint, { place, describe }: CommitOptions): Promise<Settled> {
    const key = layout.settledCommit(point.id);
    const bare = recoveryPointSchema.parse({ formatVersion, ...point, ...(place ?? (await ground()).place) });
    const settled = withRunbook(bare, describe?.(bare));
    const isFirst = await unlessThere(createJson(store, key, settled));
    return isFirst ? settled : readJson(store, key, settledSchema);
  }

  async function putRunbook(id: string, runbook: RunbookTexts): Promise<void> {
    for (const format of runbookFormats) {
      const content = Buffer.from(runbook[format], 'utf8');
      const options = { onlyIfAbsent: true, contentType: contentTypes[format], sha256: hash('sha256', content, 'hex') };
      await unlessThere(store.put(layout.runbook(id, format), content, options));
    }
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

  return async function commit(point: UncommittedPoint, options: CommitOptions = {}): Promise<StoredPoint> {
    const settled = await settle(point, options);
    const bytes = Buffer.from(settled.record, 'utf8');
    const record = parseJson(layout.settledCommit(point.id), bytes, recoveryPointSchema);
    const { id, sequence, previous } = record;
    const sha256 = hash('sha256', bytes, 'hex');
    if (settled.runbook !== undefined) await putRunbook(id, settled.runbook);
    if (!(await link({ sequence, id, sha256, previous }))) return read(id);
    await store.put(layout.pointDigest(id), Buffer.from(digestLine(sha256)), { contentType: 'text/plain' });
    await unlessThere(store.put(layout.point(id), bytes, { onlyIfAbsent: true, contentType: 'application/json', sha256 }));
    return { point: record, sha256 };
  };
}

function withRunbook(point: RecoveryPoint, described: RunbookTexts | Warning | undefined): Settled {
  if (described === undefined) return { record: textOf(point) };
  if ('code' in described) return { record: textOf({ ...point, warnings: [...point.warnings, described] }) };
  const reference = (format: RunbookFormat): BlobReference => {
    const content = Buffer.from(described[format], 'utf8');
    return { key: layout.runbook(point.id, format), size: content.length, sha256: hash('sha256', content, 'hex') };
  };
  const runbook = { md: reference('md'), html: reference('html'), json: reference('json') };
  return { record: textOf({ ...point, runbook }), runbook: described };
}

function textOf(record: RecoveryPoint): string {
  return jsonBytes(record).toString('utf8');
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

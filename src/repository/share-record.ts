import { hash } from 'node:crypto';
import type { BlobReference, FailedFile, FileShareRecord, PackReference, ShareCounts } from '../contracts/recovery-point';
import { packSchema } from '../contracts/recovery-point';
import type { BoxResult } from '../contracts/share-copy';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { layout } from './layout';
import { parseJson } from './json-blob';
import { compressFrame, decompressFrames } from './zstd';
import { addCounts, noCounts } from './share-counts';

/** Far above any list of packs; bounds what a damaged list can make a reader allocate. */
const packListLimit = 1024 * 1024 * 1024;
const failedShown = 100;

export interface ShareRecordOptions {
  readonly store: BlobStore;
  readonly runId: string;
  readonly bulk: readonly BoxResult[];
  /** Empty when the share was looked at only once. */
  readonly delta: readonly BoxResult[];
  /** The share of the point this one was built upon. */
  readonly base: FileShareRecord | undefined;
}

/** Ties the boxes of a run together and stores the lists that would make the commit record large. */
export async function buildShareRecord({ store, runId, bulk, delta, base }: ShareRecordOptions): Promise<FileShareRecord> {
  const last = delta.length > 0 ? delta : bulk;
  const boxes = [...bulk, ...delta];
  const failed = last.flatMap((box) => box.failed);
  const source = boxes[0]?.source;
  if (source === undefined) throw new HubkeepError('internal', 'a share without a single box cannot be recorded');
  return {
    status: 'succeeded',
    source,
    counts: countsOf(bulk, delta),
    segments: last.flatMap(({ segments }) => segments),
    packs: await packsOf({ store, runId, boxes, base }),
    content: [...(base?.content ?? []), ...boxes.flatMap(({ content }) => content)],
    failed: {
      first: failed.slice(0, failedShown),
      ...(failed.length > failedShown ? { all: await storeFailed({ store, runId, failed }) } : {}),
    },
    startedAt: bulk[0]?.startedAt ?? '',
    bulkFinishedAt: bulk.at(-1)?.finishedAt ?? '',
    finishedAt: boxes.at(-1)?.finishedAt ?? '',
  };
}

export async function readPackList(store: BlobStore, key: string): Promise<PackReference[]> {
  const text = decompressFrames((await store.read(key)).content, packListLimit).toString('utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => parseJson(key, Buffer.from(line), packSchema));
}

/** What was done is the sum of both passes; what is there is what the last pass saw. */
function countsOf(bulk: readonly BoxResult[], delta: readonly BoxResult[]): ShareCounts {
  const first = bulk.reduce((sum, { counts }) => addCounts(sum, counts), noCounts());
  if (delta.length === 0) return first;
  const second = delta.reduce((sum, { counts }) => addCounts(sum, counts), noCounts());
  return {
    ...second,
    added: first.added + second.added,
    changed: first.changed + second.changed,
    removed: first.removed,
    unchanged: first.unchanged,
    bytesRead: first.bytesRead + second.bytesRead,
    bytesStored: first.bytesStored + second.bytesStored,
    reused: first.reused + second.reused,
  };
}

type PacksOptions = Pick<ShareRecordOptions, 'store' | 'runId' | 'base'> & { readonly boxes: readonly BoxResult[] };

/** The list of the packs that are needed: the base's own while that is the same. */
async function packsOf({ store, runId, boxes, base }: PacksOptions): Promise<FileShareRecord['packs']> {
  const earlier = base === undefined ? [] : await readPackList(store, base.packs.key);
  const packs = await neededPacks(store, boxes, earlier);
  const isSame = packs.length === earlier.length && packs.every(({ pack }, i) => pack === earlier[i]?.pack);
  return base !== undefined && isSame ? base.packs : storePackList({ store, runId, packs });
}

/** Packs the index points to, those this run wrote, and the journals since the first point. */
async function neededPacks(
  store: BlobStore,
  boxes: readonly BoxResult[],
  earlier: readonly PackReference[],
): Promise<PackReference[]> {
  const known = new Map(earlier.map((pack) => [pack.pack, pack]));
  for (const pack of boxes.flatMap(({ packs }) => packs)) known.set(pack.pack, pack);
  const referenced = new Set(boxes.flatMap((box) => box.referenced));
  for (const pack of referenced) {
    if (!known.has(pack)) known.set(pack, await recallPack(store, pack));
  }
  const written = new Set(boxes.flatMap(({ packs }) => packs.map(({ pack }) => pack)));
  return [...known.values()]
    .filter(({ pack, journal }) => referenced.has(pack) || written.has(pack) || journal === true)
    .sort((a, b) => (a.pack < b.pack ? -1 : 1));
}

/** A pack the base no longer needed, found again through its content. */
async function recallPack(store: BlobStore, pack: string): Promise<PackReference> {
  const { size, sha256 } = await store.stat(layout.pack(pack));
  if (sha256 === undefined) throw new HubkeepError('format.damaged', `pack ${pack} carries no hash`);
  return { pack, size, sha256, encryption: 'none' };
}

async function storePackList({ store, runId, packs }: { store: BlobStore; runId: string; packs: PackReference[] }) {
  const stored = await storeLines(store, layout.packList(runId, 'share'), packs);
  return { ...stored, count: packs.length, bytes: packs.reduce((sum, { size }) => sum + size, 0) };
}

async function storeFailed({ store, runId, failed }: { store: BlobStore; runId: string; failed: FailedFile[] }) {
  return storeLines(store, layout.failedFiles(runId, 'share'), failed);
}

async function storeLines(store: BlobStore, key: string, documents: readonly unknown[]): Promise<BlobReference> {
  const bytes = compressFrame(Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(''), 'utf8'));
  const sha256 = hash('sha256', bytes, 'hex');
  await store.put(key, bytes, { sha256 });
  return { key, size: bytes.length, sha256 };
}

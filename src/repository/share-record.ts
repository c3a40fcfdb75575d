import type { FailedFile, FileShareRecord, PackReference, Segment, ShareCounts } from '../contracts/recovery-point';
import { packSchema } from '../contracts/recovery-point';
import type { BoxResult, Pass } from '../contracts/share-copy';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { layout } from './layout';
import { parseJson } from './json-blob';
import { boxKeys, readBoxes } from './share-boxes';
import { addCounts, noCounts } from './share-counts';
import { storeLines } from './stored-lines';
import { decompressFrames } from './zstd';

/** Far above any list of packs; bounds what a damaged list can make a reader allocate. */
const packListLimit = 1024 * 1024 * 1024;
const failedShown = 100;

export interface ShareRecordOptions {
  readonly store: BlobStore;
  readonly runId: string;
  /** Boxes of each partition. */
  readonly bulk: readonly number[];
  /** Boxes of each partition that was looked at a second time to its end. */
  readonly delta: readonly number[];
  /** The share of the point this one was built upon. */
  readonly base: FileShareRecord | undefined;
}

/** What the boxes of a run come to, as far as the record needs it. */
interface Gathered {
  readonly segments: Segment[];
  readonly written: PackReference[];
  readonly referenced: Set<string>;
  readonly content: FileShareRecord['content'];
  readonly failed: FailedFile[];
  readonly sources: Set<string>;
  readonly startedAt: string[];
  readonly finishedAt: Record<Pass, string[]>;
}

/**
 * Ties the boxes of a run together and stores the lists that would make the commit record large. Boxes are read one by
 * one; what is kept of them grows with segments and packs, not with files.
 */
export async function buildShareRecord(options: ShareRecordOptions): Promise<FileShareRecord> {
  const { store, runId, bulk, base } = options;
  const gathered = noneGathered();
  let counts = noCounts();
  for (const partition of bulk.keys()) {
    const sums = { bulk: noCounts(), delta: noCounts() };
    const last = lastPass(options, partition);
    for (const pass of last === 'bulk' ? ([last] as const) : (['bulk', last] as const)) {
      for await (const box of boxesOf(options, { pass, partition })) {
        gather(gathered, box, { pass, isLast: pass === last });
        sums[pass] = addCounts(sums[pass], box.counts);
      }
    }
    counts = addCounts(counts, last === 'bulk' ? sums.bulk : bothPasses(sums.bulk, sums.delta));
  }
  const { segments, content, failed, finishedAt } = gathered;
  const [source] = gathered.sources;
  if (source === undefined) throw new HubkeepError('internal', 'a share without a single box cannot be recorded');
  return {
    status: 'succeeded',
    source,
    counts,
    segments,
    packs: await storePackList({ store, runId, packs: await neededPacks(store, gathered, base) }),
    content: [...(base?.content ?? []), ...content],
    failed: {
      first: failed,
      ...(counts.failed > failed.length
        ? { all: await storeLines(store, layout.failedFiles(runId, 'share'), failedFiles(options)) }
        : {}),
    },
    startedAt: earliest(gathered.startedAt),
    bulkFinishedAt: latest(finishedAt.bulk),
    finishedAt: latest([...finishedAt.bulk, ...finishedAt.delta]),
  };
}

export async function readPackList(store: BlobStore, key: string): Promise<PackReference[]> {
  const text = decompressFrames((await store.read(key)).content, packListLimit).toString('utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => parseJson(key, Buffer.from(line), packSchema));
}

/** The last look at a partition: what is there is what it saw. */
function lastPass({ delta }: ShareRecordOptions, partition: number): Pass {
  return (delta[partition] ?? 0) > 0 ? 'delta' : 'bulk';
}

function boxesOf({ store, runId, ...boxes }: ShareRecordOptions, { pass, partition }: { pass: Pass; partition: number }) {
  return readBoxes(store, boxKeys(runId, { pass, partition, boxes: boxes[pass][partition] ?? 0 }));
}

function noneGathered(): Gathered {
  return {
    segments: [],
    written: [],
    referenced: new Set(),
    content: [],
    failed: [],
    sources: new Set(),
    startedAt: [],
    finishedAt: { bulk: [], delta: [] },
  };
}

function gather(gathered: Gathered, box: BoxResult, { pass, isLast }: { pass: Pass; isLast: boolean }) {
  gathered.written.push(...box.packs);
  for (const pack of box.referenced) gathered.referenced.add(pack);
  gathered.content.push(...box.content);
  gathered.sources.add(box.source);
  gathered.startedAt.push(box.startedAt);
  gathered.finishedAt[pass].push(box.finishedAt);
  if (!isLast) return;
  gathered.segments.push(...box.segments);
  gathered.failed.push(...box.failed.slice(0, failedShown - gathered.failed.length));
}

/** Read again, for they are seldom too many for the record and then too many to be kept meanwhile. */
async function* failedFiles(options: ShareRecordOptions): AsyncGenerator<FailedFile> {
  for (const partition of options.bulk.keys()) {
    for await (const { failed } of boxesOf(options, { pass: lastPass(options, partition), partition })) yield* failed;
  }
}

/** What was done is the sum of both passes; what is there is what the last pass saw. */
function bothPasses(first: ShareCounts, second: ShareCounts): ShareCounts {
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

const earliest = (times: readonly string[]): string => times.toSorted()[0] ?? '';
const latest = (times: readonly string[]): string => times.toSorted().at(-1) ?? '';

/** Packs the index points to, those this run wrote, and the journals since the first point. */
async function neededPacks(
  store: BlobStore,
  { written, referenced }: Gathered,
  base: FileShareRecord | undefined,
): Promise<PackReference[]> {
  const earlier = base === undefined ? [] : await readPackList(store, base.packs.key);
  const needed = new Map(written.map((pack) => [pack.pack, pack]));
  for (const pack of earlier) {
    if (referenced.has(pack.pack) || pack.journal === true) needed.set(pack.pack, pack);
  }
  for (const pack of referenced) {
    if (!needed.has(pack)) needed.set(pack, await recallPack(store, pack));
  }
  return [...needed.values()].sort((a, b) => (a.pack < b.pack ? -1 : 1));
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

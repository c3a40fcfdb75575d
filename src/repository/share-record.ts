import type { FailedFile, FileShareRecord, PackReference, ShareCounts } from '../contracts/recovery-point';
import { packSchema } from '../contracts/recovery-point';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { compactContents } from './content/compact-contents';
import { failedFiles, gatherBoxes, type Gathered, type ShareBoxes } from './gather-boxes';
import type { IndexLine } from './index-entry';
import { removedLine, storeJournal } from './journal-pack';
import { layout } from './layout';
import { asFailed, mendSeams } from './mend-seams';
import { parseJson } from './json-blob';
import { storeLines } from './stored-lines';
import { decompressFrames } from './zstd';

/** Far above any list of packs; bounds what a damaged list can make a reader allocate. */
const packListLimit = 1024 * 1024 * 1024;
const failedShown = 100;

export interface ShareRecordOptions extends ShareBoxes {
  /** The share of the point this one was built upon. */
  readonly base: FileShareRecord | undefined;
}

/** Ties the boxes of a run together and stores the lists that would make the commit record large. */
export async function buildShareRecord(options: ShareRecordOptions): Promise<FileShareRecord> {
  const { store, runId, base } = options;
  const gathered = await gatherBoxes(options, failedShown);
  const { segments, removed } = await mendSeams({ store, runId, ...gathered });
  const { content, finishedAt } = gathered;
  if (removed.length > 0) {
    const told = removed.map(({ entry }) => removedLine(entry.path));
    gathered.written.push(await storeJournal(store, `${runId}/2-seams-9-000001`, told));
  }
  const [source] = gathered.sources;
  if (source === undefined) throw new HubkeepError('internal', 'a share without a single box cannot be recorded');
  return {
    status: 'succeeded',
    source,
    excludes: [...gathered.excludes],
    counts: without(gathered.counts, removed),
    segments,
    packs: await packsOf({ store, runId, gathered, base }),
    content: await compactContents({ store, runId, earlier: base?.content ?? [], added: content }),
    failed: await failedOf(options, gathered, removed.map(asFailed)),
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

const earliest = (times: readonly string[]): string => times.toSorted()[0] ?? '';
const latest = (times: readonly string[]): string => times.toSorted().at(-1) ?? '';

function without(counts: ShareCounts, removed: readonly IndexLine[]): ShareCounts {
  const files = removed.flatMap(({ entry }) => (entry.type === 'file' ? [entry.size] : []));
  return {
    ...counts,
    files: counts.files - files.length,
    bytes: counts.bytes - files.reduce((sum, size) => sum + size, 0),
    symlinks: counts.symlinks - (removed.length - files.length),
    failed: counts.failed + removed.length,
  };
}

async function failedOf(boxes: ShareBoxes, { counts, failed }: Gathered, more: FailedFile[]): Promise<FileShareRecord['failed']> {
  async function* all() {
    yield* more;
    yield* failedFiles(boxes);
  }
  const first = [...more, ...failed].slice(0, failedShown);
  if (counts.failed + more.length <= failedShown) return { first };
  return { first, all: await storeLines(boxes.store, layout.failedFiles(boxes.runId, 'share'), all()) };
}

type PacksOptions = Pick<ShareRecordOptions, 'store' | 'runId' | 'base'> & { readonly gathered: Gathered };

/** The list of the packs that are needed: the base's own while that is the same. */
async function packsOf({ store, runId, gathered, base }: PacksOptions): Promise<FileShareRecord['packs']> {
  const earlier = base === undefined ? [] : await readPackList(store, base.packs.key);
  const packs = await neededPacks(store, gathered, earlier);
  const isSame = packs.length === earlier.length && packs.every(({ pack }, i) => pack === earlier[i]?.pack);
  return base !== undefined && isSame ? base.packs : storePackList({ store, runId, packs });
}

/** Packs the index points to, those this run wrote, and the journals since the first point. */
async function neededPacks(
  store: BlobStore,
  { written, referenced }: Gathered,
  earlier: readonly PackReference[],
): Promise<PackReference[]> {
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

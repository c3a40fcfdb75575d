import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLocalFiles } from '../../src/adapters/local-files/local-files';
import { createLocalTarget } from '../../src/adapters/local-target/local-target';
import { createSystemClock } from '../../src/adapters/system-clock';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import type { BoxInput, BoxRequest, BoxResult } from '../../src/contracts/share-copy';
import { createFileShare } from '../../src/fileshare/copy-share';
import { createPartitions } from '../../src/fileshare/partitions';
import { createShareSource } from '../../src/fileshare/share-source';
import type { BlobStore } from '../../src/ports/blob-store';
import type { Clock } from '../../src/ports/clock';
import { rebuildIndex } from '../../src/recovery/rebuild/rebuild-index';
import { restoreShare } from '../../src/recovery/restore-share';
import { type IndexEntry } from '../../src/repository/index-entry';
import { readEntries } from '../../src/repository/index-reader';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import { openRepository } from '../../src/repository/repository-header';
import { buildShareRecord } from '../../src/repository/share-record';
import { startShareThread } from '../../src/fileshare/aside/start-share-thread';
import { spawnShareThread } from '../support/share-thread';
import { silentLog } from '../support/silent-log';
import { withFaults } from '../support/faulty-source';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { spawnWriter } from '../support/writer-threads';

const longAgo = new Date('2024-03-01T12:00:00Z');

/** A share on disk, a store in memory and the real engine between them. */
export async function createShareStage({
  boxMs = 60_000,
  store = createMemoryBlobStore(),
  exclude = [] as string[],
  clock = createSystemClock(),
  thread = false,
}: { boxMs?: number; store?: BlobStore; exclude?: string[]; clock?: Clock; thread?: boolean } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'hubkeep-share-'));
  const share = join(root, 'share');
  mkdirSync(share);
  const { faults, ...files } = withFaults(createLocalFiles(share));
  const source = createShareSource(files, exclude);
  const points = createRecoveryPoints(store);
  const { repositoryId } = await openRepository(store);
  const fileShare = createFileShare({
    source,
    exclude,
    startThread: thread ? () => startShareThread(spawnShareThread, share) : undefined,
    store,
    points,
    clock,
    log: silentLog,
    boxMs,
  });
  const partitions = createPartitions({ source, store, points, clock });
  let night = 0;

  async function copyPass(request: Pick<BoxRequest, 'runId' | 'sequence' | 'pass' | 'base'>) {
    const results: BoxResult[] = [];
    const keys: string[] = [];
    let cursor: string | null = null;
    do {
      const { key, result }: { key: string; result: BoxResult } = await fileShare.copyBox(
        { ...request, partition: { number: 0 }, box: results.length, cursor },
        { signal: new AbortController().signal, onProgress: () => undefined },
      );
      results.push(result);
      keys.push(key);
      cursor = result.next;
    } while (cursor !== null);
    return { results, keys };
  }

  /** One partition, box by box. @returns how many there were. */
  async function copyPartition(input: Omit<BoxInput, 'box' | 'cursor'>): Promise<number> {
    let cursor: string | null = null;
    let boxes = 0;
    do {
      const request = await partitions.requestOf({ ...input, box: boxes++, cursor });
      const { result }: { result: BoxResult } = await fileShare.copyBox(request, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      cursor = result.next;
    } while (cursor !== null);
    return boxes;
  }

  /** Every partition, the last one first: none may count on another. @returns how many boxes each took. */
  async function copyAll(run: Pick<BoxInput, 'runId' | 'sequence' | 'pass' | 'point' | 'partitions'>, bulk?: number[]) {
    const boxes: number[] = [];
    for (let partition = run.partitions - 1; partition >= 0; partition--) {
      const upon = bulk === undefined ? {} : { bulkBoxes: bulk[partition] ?? 0 };
      boxes.unshift(await copyPartition({ ...run, ...upon, partition }));
    }
    return boxes;
  }

  /** Whatever a night was like: packs alone tell every byte of its index again. */
  async function expectToldByPacks(id: string) {
    const withoutIndex: BlobStore = {
      ...store,
      read: (key, range) => store.read(/^index\/.*(?<!packs|failed)\.ndjson\.zst$/.test(key) ? `lost/${key}` : key, range),
    };
    const { segments, lostPacks, unreadable } = await rebuildIndex({ store: withoutIndex, points, id, isPreview: true });
    expect({ lostPacks, unreadable }).toEqual({ lostPacks: [], unreadable: [] });
    expect(segments.filter(({ state }) => state !== 'put-back')).toEqual([]);
  }

  return {
    share,
    store,
    points,
    faults,
    fileShare,
    partitions,
    copyPass,
    write(path: string, content: string | Buffer, mtime = longAgo) {
      const place = join(share, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
      utimesSync(place, mtime, mtime);
    },
    remove(path: string) {
      rmSync(join(share, path), { recursive: true });
    },
    /** Nights that another stage had on the same store. */
    skipNights(nights: number) {
      night += nights;
    },
    /** One night: bulk pass, whatever happens `meanwhile`, a delta pass if asked for, and the commit. */
    async backUp({
      delta = false,
      meanwhile = () => undefined,
      width = 1,
    }: { delta?: boolean; meanwhile?: () => void; width?: number } = {}) {
      night += 1;
      const runId = `2026112${night}T020000Z-000${night}`;
      const newest = await points.latest(['fileshare']).catch(() => undefined);
      const before = newest?.point.fileshare?.status === 'succeeded' ? newest.point.fileshare : undefined;
      const point = newest?.point.id ?? null;
      const plan = width === 1 ? { partitions: 1 } : await partitions.plan({ runId, point, width });
      const run = { runId, sequence: night, point, ...plan };
      const bulk = await copyAll({ ...run, pass: 'bulk' });
      meanwhile();
      const second = delta ? await copyAll({ ...run, pass: 'delta' }, bulk) : [];
      const record = await buildShareRecord({ store, runId, bulk, delta: second, base: before });
      await points.commit({
        id: runId,
        repositoryId,
        stamp: 'test',
        outcome: 'complete',
        components: ['fileshare'],
        trigger: 'cli',
        hubkeepVersion: '0.0.0',
        startedAt: record.startedAt,
        committedAt: record.finishedAt,
        fileshare: { ...record, base: point },
        skewSeconds: null,
        warnings: [],
        notCarried: [],
      });
      await expectToldByPacks(runId);
      return record;
    },
    async restore(record: FileShareRecord): Promise<string> {
      const target = mkdtempSync(join(root, 'restored-'));
      const identity = { recoveryPoint: 'test', include: [] };
      await restoreShare({
        store,
        target: createLocalTarget(target, 'boot'),
        share: record,
        identity,
        spawn: spawnWriter,
        threads: 2,
      });
      return target;
    },
    async entries(record: FileShareRecord): Promise<IndexEntry[]> {
      const found: IndexEntry[] = [];
      for await (const { entries } of readEntries(store, record.segments)) found.push(...entries);
      return found;
    },
    async entry(record: FileShareRecord, path: string): Promise<IndexEntry | undefined> {
      return (await this.entries(record)).find((entry) => entry.path === path);
    },
    dispose() {
      rmSync(root, { recursive: true });
    },
  };
}

export type ShareStage = Awaited<ReturnType<typeof createShareStage>>;

import { hash } from 'node:crypto';
import type { RecoveryPoint, Segment } from '../../contracts/recovery-point';
import { comparePaths, type SharePath } from '../../contracts/share-path';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { fromLine, toLine } from '../../repository/index-entry';
import { layout } from '../../repository/layout';
import type { RecoveryPoints } from '../../repository/recovery-points';
import { compressFrame } from '../../repository/zstd';
import { firstNotBefore } from '../path-list';
import { gatherRuns } from './gather-runs';
import { replay, type LostPack, type Replayed } from './replay';
import { isIntact } from './with-rebuilt-index';

export interface RebuildOptions {
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  /** Of the point. */
  readonly id: string;
  /** Only tells what would be done. */
  readonly isPreview: boolean;
  /** Called with the packs read so far, and how many there are. */
  readonly onProgress?: (packs: number, total: number) => void;
}

export interface RebuiltSegment {
  readonly key: string;
  /**
   * `intact`: it is there as recorded. `put-back`: it was lost and is there again, byte for byte. `differs`: what packs tell is not what
   * was lost, and lies beside it. `lost`: packs tell of nothing in its range.
   */
  readonly state: 'intact' | 'put-back' | 'differs' | 'lost';
  /** Recorded, and told by packs. */
  readonly entries: number;
  readonly found: number;
}

export interface RebuiltIndex {
  readonly recoveryPoint: string;
  readonly segments: readonly RebuiltSegment[];
  readonly lostPacks: readonly LostPack[];
  /** Points before it whose record cannot be read. */
  readonly unreadable: readonly string[];
}

/** A file read within two seconds of its change is marked so in the index; packs do not say so, and times nearly do. */
const racySeconds = 2;

/**
 * Builds the segments of a point's index anew from packs, where they are lost. What has the hash the record names goes to
 * its own place; what has not is stored beside it, for restores that ask for it. Nothing else is changed.
 * @throws `point.not-found`, `point.component-missing`.
 */
export async function rebuildIndex(options: RebuildOptions): Promise<RebuiltIndex> {
  const { store, points, id, isPreview, onProgress } = options;
  const { target, runs, unreadable } = await gatherRuns(store, points, id);
  const { fileshare } = target.point;
  if (fileshare?.status !== 'succeeded')
    throw new HubkeepError('point.component-missing', `recovery point ${id} has no file share, and so no index`);
  const intact = await intactOf(store, fileshare.segments);
  if (intact.size === fileshare.segments.length) return { ...allIntact(target.point, fileshare.segments), unreadable };

  const total = runs.reduce((sum, { packs }) => sum + packs.length, 0);
  let read = 0;
  const replayed = await replay(store, runs, () => onProgress?.((read += 1), total));
  const sorted = [...replayed.lines.keys()].sort(comparePaths);
  const segments: RebuiltSegment[] = [];
  for (const segment of fileshare.segments) {
    if (intact.has(segment.key)) segments.push(intactSegment(segment));
    else segments.push(await rebuildSegment(store, segment, { sorted, replayed, isPreview }));
  }
  return { recoveryPoint: id, segments, lostPacks: replayed.lost, unreadable };
}

async function intactOf(store: BlobStore, segments: readonly Segment[]): Promise<ReadonlySet<string>> {
  const intact = new Set<string>();
  for (const segment of segments) if (await isIntact(store, segment)) intact.add(segment.key);
  return intact;
}

function allIntact({ id }: RecoveryPoint, segments: readonly Segment[]) {
  return { recoveryPoint: id, segments: segments.map(intactSegment), lostPacks: [] };
}

function intactSegment({ key, entries }: Segment): RebuiltSegment {
  return { key, state: 'intact', entries, found: entries };
}

interface Known {
  readonly sorted: readonly SharePath[];
  readonly replayed: Replayed;
  readonly isPreview: boolean;
}

async function rebuildSegment(store: BlobStore, segment: Segment, known: Known): Promise<RebuiltSegment> {
  const { key, first, last, entries, sha256 } = segment;
  const { sorted, replayed, isPreview } = known;
  const end = firstNotBefore(sorted, last);
  const paths = sorted.slice(firstNotBefore(sorted, first), sorted[end] === last ? end + 1 : end);
  const found = paths.length;
  if (found === 0) return { key, state: 'lost', entries, found };
  const plain = paths.flatMap((path) => replayed.lines.get(path) ?? []);
  for (const lines of [plain.map(({ line }) => line), plain.map(asRacy)]) {
    const bytes = segmentOf(lines);
    if (hash('sha256', bytes, 'hex') !== sha256) continue;
    if (!isPreview) await store.put(key, bytes, { sha256 });
    return { key, state: 'put-back', entries, found };
  }
  if (!isPreview) {
    const bytes = segmentOf(plain.map(({ line }) => line));
    await store.put(layout.rebuiltSegment(key), bytes, { sha256: hash('sha256', bytes, 'hex') });
  }
  return { key, state: 'differs', entries, found };
}

function segmentOf(lines: readonly string[]): Buffer {
  return compressFrame(Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8'));
}

/** As the entry would be if it had been changed shortly before its run read it. */
function asRacy({ line, run }: { readonly line: string; readonly run: string }): string {
  const { entry } = fromLine(line);
  if (entry.type !== 'file' || entry.racy === true || Number(entry.mtime) < startOf(run) - racySeconds) return line;
  return toLine({ ...entry, racy: true }).line;
}

/** Seconds since 1970. */
function startOf(run: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(run) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1_000;
}

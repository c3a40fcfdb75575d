import { comparePaths, type SharePath } from '../../contracts/share-path';
import type { Finding } from '../../contracts/verification';
import type { Segment } from '../../contracts/recovery-point';
import { indexEntrySchema, type IndexEntry } from '../../repository/index-entry';
import { layout } from '../../repository/layout';
import { decompressFrames } from '../../repository/zstd';
import { isHit, type Damage } from './damage';
import type { Findings } from './finding';

/** Far above what a writer makes of one segment. */
const segmentLimit = 512 * 1024 * 1024;

/** What a segment says, small enough to be kept for every point that shares it. */
export interface SegmentFacts {
  readonly counts: { files: number; directories: number; symlinks: number; bytes: number };
  /** Packs its files lie in, and the byte after the last one needed of each. */
  readonly packs: Map<string, number>;
}

export interface SegmentChecks {
  readonly segment: Segment;
  readonly points: readonly string[];
  readonly damage: Damage;
}

type Problem = Pick<Finding, 'code' | 'message'>;

/** Reads a segment line by line against the full schema. Gives nothing when it cannot be relied upon. */
export function checkSegment(
  content: Buffer,
  { segment, points, damage }: SegmentChecks,
  findings: Findings,
): SegmentFacts | undefined {
  const facts: SegmentFacts = { counts: { files: 0, directories: 0, symlinks: 0, bytes: 0 }, packs: new Map() };
  const report = (problem: Problem) => {
    findings.add({ ...problem, blob: segment.key, points: [...points] });
  };
  let previous: SharePath | undefined;
  let first: SharePath | undefined;
  let entries = 0;
  try {
    for (const line of linesOf(content)) {
      entries += 1;
      const entry = readEntry(line);
      if (typeof entry === 'string') {
        report({ code: 'index.entry', message: `line ${entries}: ${entry}` });
        return undefined;
      }
      if (previous !== undefined && comparePaths(previous, entry.path) >= 0) {
        report({ code: 'index.order', message: `line ${entries} does not come after the one before it` });
        return undefined;
      }
      previous = entry.path;
      first ??= entry.path;
      count(facts, entry);
      noteDamage(entry, damage, findings);
    }
  } catch (error) {
    report({ code: 'index.unreadable', message: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
  if (first === segment.first && previous === segment.last && entries === segment.entries) return facts;
  report({ code: 'index.order', message: 'does not hold the range of paths that the record says' });
  return undefined;
}

function linesOf(content: Buffer): string[] {
  const lines = decompressFrames(content, segmentLimit).toString('utf8').split('\n');
  if (lines.pop() !== '') throw new Error('ends within a line');
  return lines;
}

/** The entry, or what is wrong with it. */
function readEntry(line: string): IndexEntry | string {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  const parsed = indexEntrySchema.safeParse(document);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const entry = parsed.data;
  if (entry.path.split('/').some((name) => name === '' || name === '.' || name === '..' || name.includes('\0')))
    return 'has a path that leaves the share';
  return entry.type === 'file' && (entry.extent === undefined) !== (entry.size === 0)
    ? 'has content without a place, or a place without content'
    : entry;
}

function count({ counts, packs }: SegmentFacts, entry: IndexEntry) {
  if (entry.type === 'directory') counts.directories += 1;
  else if (entry.type === 'symlink') counts.symlinks += 1;
  else {
    counts.files += 1;
    counts.bytes += entry.size;
    if (entry.extent === undefined) return;
    const { pack, offset, length } = entry.extent;
    packs.set(pack, Math.max(packs.get(pack) ?? 0, offset + length));
  }
}

function noteDamage(entry: IndexEntry, damage: Damage, findings: Findings) {
  if (damage.size === 0 || entry.type !== 'file' || entry.extent === undefined) return;
  const key = layout.pack(entry.extent.pack);
  const ranges = damage.get(key);
  if (ranges !== undefined && isHit(entry.extent, ranges)) findings.hit(key, entry.path);
}

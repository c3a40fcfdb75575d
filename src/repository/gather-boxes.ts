import type { FailedFile, FileShareRecord, PackReference, Segment, ShareCounts } from '../contracts/recovery-point';
import type { BoxResult, Pass } from '../contracts/share-copy';
import type { BlobStore } from '../ports/blob-store';
import { boxKeys, readBoxes } from './share-boxes';
import { addCounts, noCounts } from './share-counts';

/** The boxes of a run, by how many there are. */
export interface ShareBoxes {
  readonly store: BlobStore;
  readonly runId: string;
  /** Boxes of each partition. */
  readonly bulk: readonly number[];
  /** Boxes of each partition that was looked at a second time to its end. */
  readonly delta: readonly number[];
}

/** What the boxes of a run come to, as far as the record needs it. */
export interface Gathered {
  counts: ShareCounts;
  readonly segments: Segment[];
  /** Where in `segments` each partition but the first begins. */
  readonly seams: number[];
  readonly written: PackReference[];
  readonly referenced: Set<string>;
  readonly content: FileShareRecord['content'];
  /** The first of them, as many as asked for. */
  readonly failed: FailedFile[];
  readonly sources: Set<string>;
  readonly excludes: Set<string>;
  readonly startedAt: string[];
  readonly finishedAt: Record<Pass, string[]>;
}

/** Reads boxes one by one; what is kept of them grows with segments and packs, not with files. */
export async function gatherBoxes(boxes: ShareBoxes, failedShown: number): Promise<Gathered> {
  const gathered = noneGathered();
  for (const partition of boxes.bulk.keys()) {
    if (partition > 0) gathered.seams.push(gathered.segments.length);
    const sums = { bulk: noCounts(), delta: noCounts() };
    const last = lastPass(boxes, partition);
    for (const pass of last === 'bulk' ? ([last] as const) : (['bulk', last] as const)) {
      for await (const box of boxesOf(boxes, { pass, partition })) {
        sums[pass] = addCounts(sums[pass], box.counts);
        gather(gathered, box, pass);
        if (pass !== last) continue;
        gathered.segments.push(...box.segments);
        gathered.failed.push(...box.failed.slice(0, failedShown - gathered.failed.length));
      }
    }
    gathered.counts = addCounts(gathered.counts, last === 'bulk' ? sums.bulk : bothPasses(sums.bulk, sums.delta));
  }
  return gathered;
}

/** Read again, for they are seldom too many for the record and then too many to be kept meanwhile. */
export async function* failedFiles(boxes: ShareBoxes): AsyncGenerator<FailedFile> {
  for (const partition of boxes.bulk.keys()) {
    for await (const { failed } of boxesOf(boxes, { pass: lastPass(boxes, partition), partition })) yield* failed;
  }
}

function gather(gathered: Gathered, box: BoxResult, pass: Pass) {
  gathered.written.push(...box.packs);
  for (const pack of box.referenced) gathered.referenced.add(pack);
  gathered.content.push(...box.content);
  gathered.sources.add(box.source);
  for (const glob of box.excludes ?? []) gathered.excludes.add(glob);
  gathered.startedAt.push(box.startedAt);
  gathered.finishedAt[pass].push(box.finishedAt);
}

/** The last look at a partition: what is there is what it saw. */
function lastPass({ delta }: ShareBoxes, partition: number): Pass {
  return (delta[partition] ?? 0) > 0 ? 'delta' : 'bulk';
}

function boxesOf({ store, runId, ...counts }: ShareBoxes, { pass, partition }: { pass: Pass; partition: number }) {
  return readBoxes(store, boxKeys(runId, { pass, partition, boxes: counts[pass][partition] ?? 0 }));
}

function noneGathered(): Gathered {
  return {
    counts: noCounts(),
    segments: [],
    seams: [],
    written: [],
    referenced: new Set(),
    content: [],
    failed: [],
    sources: new Set(),
    excludes: new Set(),
    startedAt: [],
    finishedAt: { bulk: [], delta: [] },
  };
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

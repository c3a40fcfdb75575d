import { type BoxInput, type BoxRequest, partitionsSchema, type PlanInput, type ShareBase } from '../contracts/share-copy';
import type { SharePath } from '../contracts/share-path';
import { codeOf } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import { createJson, readJson, readJsonIfPresent } from '../repository/json-blob';
import { layout } from '../repository/layout';
import type { RecoveryPoints } from '../repository/recovery-points';
import { boxKeys } from '../repository/share-boxes';
import { cutAfter, cutEvenly, partitionAt } from './cuts';
import { outline } from './outline';
import { replacedAround } from './replaced-around';
import { resolveBase } from './share-base';

/** More partitions than lanes: a lane that is done early takes on less of what the guess had wrong. */
const partitionsPerLane = 4;
/** Directories looked at for each partition, so that a few large ones do not decide where the share is cut. */
const directoriesPerPartition = 4;

export interface PartitionsOptions {
  readonly source: FileSource;
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly clock: Clock;
}

/** How the share is cut into ranges of paths that several activities copy side by side. */
export function createPartitions({ source, store, points, clock }: PartitionsOptions) {
  const readCuts = async (runId: string) => (await readJson(store, layout.partitions(runId), partitionsSchema)).cuts;

  /** At the bounds of the earlier point's segments, so that unchanged ones stay whole; else by what the top of the share shows. */
  async function findCuts({ point, width }: PlanInput): Promise<SharePath[]> {
    const wanted = width * partitionsPerLane;
    if (point === null) return cutEvenly(await outline({ source, clock, enough: wanted * directoriesPerPartition }), wanted);
    const { segments } = await resolveBase(store, points, { kind: 'point', id: point });
    const stretches = segments.map(({ last, entries }) => ({ end: cutAfter(last), weight: entries }));
    return cutEvenly(stretches, wanted);
  }

  function baseOf({ runId, pass, point, partition, bulkBoxes }: BoxInput): ShareBase {
    if (pass === 'delta')
      return { kind: 'boxes', results: boxKeys(runId, { pass: 'bulk', partition, boxes: bulkBoxes ?? 0 }), point };
    return point === null ? { kind: 'nothing' } : { kind: 'point', id: point };
  }

  return {
    /** Cuts the share once for both passes of a run. Asked again, also at once, it gives what was decided first. */
    async plan(input: PlanInput): Promise<{ partitions: number }> {
      const key = layout.partitions(input.runId);
      const known = await readJsonIfPresent(store, key, partitionsSchema);
      if (known !== undefined) return { partitions: known.cuts.length + 1 };
      const cuts = await findCuts(input);
      try {
        await createJson(store, key, { cuts });
        return { partitions: cuts.length + 1 };
      } catch (error) {
        if (codeOf(error) !== 'store.exists') throw error;
        return { partitions: (await readCuts(input.runId)).length + 1 };
      }
    },
    /** What a box is to copy. A share that is not cut costs no request here. */
    async requestOf(input: BoxInput): Promise<BoxRequest> {
      const { runId, sequence, pass, partition, partitions, box, cursor } = input;
      const planned = partitionAt(partitions === 1 ? [] : await readCuts(runId), partition);
      // The one that began below a path that is no directory any more: what the bulk pass saw there went with it.
      const isCutBelow = pass === 'delta' && cursor === null && planned.after !== undefined;
      const replaced = isCutBelow ? await replacedAround(source, planned.after) : undefined;
      const request = { runId, sequence, pass, box, cursor, partition: planned, base: baseOf(input) };
      return replaced === undefined ? request : { ...request, replaced };
    },
  };
}

export type Partitions = ReturnType<typeof createPartitions>;

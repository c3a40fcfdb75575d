import type { FileShareRecord } from '../contracts/recovery-point';
import type { FinishBoxInput, RestoreBoxInput, RestoreRecord, RestoredCounts } from '../contracts/restore';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileTarget, OpenSharedTarget, RestoreIdentity } from '../ports/file-target';
import type { RecoveryPoints } from '../repository/recovery-points';
import { inParallel } from './in-parallel';
import { partitionsFor, segmentsOf } from './restore/partitions';
import { createRestorePlan } from './restore/plan';
import type { SpawnWriter } from './restore-protocol';
import { readsInFlight } from './restore-share';
import { createLook, createStepWriter } from './restore/steps';
import { createRestoreTally } from './restore/tally';
import { createSelection } from './restore/selection';
import { nothingRestored } from './restore/sum-restored';
import { createWriterPool } from './restore/writer-pool';

export interface RestoreBoxesOptions {
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly openTarget: OpenSharedTarget;
  readonly spawn: SpawnWriter;
  readonly threads: number;
  readonly clock: Clock;
  /** How long a box takes at most, but for the work it has begun. */
  readonly boxMs: number;
}

export interface BoxWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (files: number, bytes: number) => void;
}

export interface RestoredBox {
  /** Where the next box begins; null after the last. */
  readonly next: string | null;
  readonly counts: RestoredCounts;
}

/** A restore in time boxes, each of which may be done again, and side by side with boxes of other ranges. */
export function createRestoreBoxes({ store, points, openTarget, spawn, threads, clock, boxMs }: RestoreBoxesOptions) {
  async function shareOf({ recoveryPoint }: RestoreRecord): Promise<FileShareRecord> {
    const { fileshare } = (await points.read(recoveryPoint)).point;
    if (fileshare?.status === 'succeeded') return fileshare;
    throw new HubkeepError('point.component-missing', `recovery point ${recoveryPoint} has no fileshare`);
  }

  /** As far as anything of it can be wanted. */
  async function wantedOf(record: RestoreRecord): Promise<FileShareRecord> {
    const share = await shareOf(record);
    return { ...share, segments: share.segments.filter(createSelection(record.include).reaches) };
  }

  function boxOf(cursor: string | null, signal: AbortSignal) {
    const started = clock.now().getTime();
    const isOver = () => {
      signal.throwIfAborted();
      return clock.now().getTime() - started >= boxMs;
    };
    return { after: cursor ?? undefined, isOver };
  }

  return {
    /** @throws what keeps the target from being restored into. */
    async begin(record: RestoreRecord, width: number): Promise<{ partitions: number }> {
      const { segments } = await wantedOf(record);
      openTarget(record.directory).open(identityOf(record));
      return { partitions: partitionsFor(segments, width) };
    },

    /** Files of one range of the index, and the directories they are in. */
    async restoreBox(record: RestoreRecord, input: RestoreBoxInput, { signal, onProgress }: BoxWatch): Promise<RestoredBox> {
      const share = await wantedOf(record);
      const target = openTarget(record.directory).part(identityOf(record));
      const tally = createRestoreTally({ isPreview: false, onProgress });
      const pool = createWriterPool({ spawn, target: target.begin(identityOf(record)), threads, onDone: tally.done });
      try {
        const plan = createRestorePlan({
          ...{ store, target, tally, share: { ...share, segments: segmentsOf(share.segments, input) } },
          selection: createSelection(record.include),
          missing: createLook({ pool, tally, threads }),
          box: boxOf(input.cursor, signal),
        });
        await inParallel(plan.steps(), readsInFlight, createStepWriter({ store, pool, signal }));
        await pool.idle();
        return { next: plan.reached() ?? null, counts: { ...nothingRestored, ...tally.merged() } };
      } finally {
        await pool.close();
        target.end();
      }
    },

    /** Links, or times of directories, of the whole index. */
    async finishBox(record: RestoreRecord, { step, cursor }: FinishBoxInput, signal: AbortSignal): Promise<RestoredBox> {
      const share = await wantedOf(record);
      const target = openTarget(record.directory)[step](identityOf(record));
      const tally = createRestoreTally({ isPreview: false, onProgress: () => undefined });
      const counted = countDirectories(target);
      target.begin(identityOf(record));
      const plan = createRestorePlan({
        ...{ store, share, target: counted.target },
        // What is below something that is in the way was told when files were restored.
        tally: { ...tally, blocked: () => undefined },
        selection: createSelection(record.include),
        missing: async () => [],
        box: boxOf(cursor, signal),
      });
      await inParallel(plan.steps(), 1, () => Promise.resolve());
      const next = plan.reached() ?? null;
      if (step === 'times') return { next, counts: { ...nothingRestored, directories: counted.directories() } };
      const { symlinks } = tally.restored();
      return { next, counts: { ...nothingRestored, ...tally.merged(), symlinks } };
    },

    /** Once everything is there. */
    close(record: RestoreRecord) {
      openTarget(record.directory).close(identityOf(record));
    },
  };
}

export type RestoreBoxes = ReturnType<typeof createRestoreBoxes>;

function identityOf({ recoveryPoint, include, overwrite }: RestoreRecord): RestoreIdentity {
  return { recoveryPoint, include, ...(overwrite === undefined ? {} : { overwrite }) };
}

/** Each once, where its own entry is read: boxes and ranges that begin below it meet it again. */
function countDirectories(target: FileTarget) {
  let directories = 0;
  const counting: FileTarget = {
    ...target,
    makeDirectory(path, mtime) {
      const verdict = target.makeDirectory(path, mtime);
      if (mtime !== undefined && verdict.is !== 'blocked') directories += 1;
      return verdict;
    },
  };
  return { target: counting, directories: () => directories };
}

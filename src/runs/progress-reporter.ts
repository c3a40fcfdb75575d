import { messageOf } from '../errors/message-of';
import type { Progress } from '../contracts/run';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import { writeJson } from '../repository/json-blob';
import { layout } from '../repository/layout';

const storedEveryMs = 10_000;

export type ProgressListener = (runId: string, progress: Progress) => void;

export interface ProgressReporterOptions {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the files of a run lie. */
  readonly folderOf?: (runId: string) => string;
}

/** Progress of long activities: to listeners in this process at once, to the store every ten seconds. */
export function createProgressReporter({ store, clock, log, folderOf = layout.runFiles }: ProgressReporterOptions) {
  const listeners = new Set<ProgressListener>();
  /** When each was last stored, or first told of: what is over in ten seconds is never stored. */
  const storedAt = new Map<string, number>();

  function storeNow(runId: string, progress: Progress) {
    const key = layout.progress(folderOf(runId), progress.activity);
    const now = clock.now().getTime();
    const last = storedAt.get(key);
    if (last !== undefined && now - last < storedEveryMs) return;
    storedAt.set(key, now);
    if (last === undefined) return;
    // Progress is a courtesy: the activity it tells of goes on whether or not it can be told.
    writeJson(store, key, progress).catch((error: unknown) => {
      log.debug('progress.store', { runId, reason: messageOf(error) });
    });
  }

  return {
    report(runId: string, values: Omit<Progress, 'at'>) {
      const progress = { ...values, at: clock.now().toISOString() };
      for (const listener of listeners) listener(runId, progress);
      storeNow(runId, progress);
    },
    /** Forgets a run that has ended. */
    forget(runId: string) {
      for (const key of storedAt.keys()) if (key.startsWith(folderOf(runId))) storedAt.delete(key);
    },
    listen(listener: ProgressListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type ProgressReporter = ReturnType<typeof createProgressReporter>;

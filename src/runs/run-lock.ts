import * as z from 'zod';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Host } from '../ports/host';
import { jsonBytes, parseJson } from '../repository/json-blob';
import { layout } from '../repository/layout';

const lockSchema = z.object({
  /** The run that holds the lock; null when nobody does. */
  runId: z.string().nullable(),
  /** Grows with every holder, and never starts anew. */
  fence: z.number().int(),
  host: z.string(),
  pid: z.number().int(),
  bootId: z.string(),
  /** True when the run ends with the process that holds it. */
  dependsOnProcess: z.boolean(),
  renewedAt: z.string(),
  /** When what dead runs left was last looked for. */
  cleanedAt: z.string().optional(),
});
type LockDocument = z.infer<typeof lockSchema>;

interface StoredLock {
  readonly document: LockDocument;
  readonly etag: string;
}

export interface Acquired {
  readonly fence: number;
  /** A run whose process is gone and whose lock was taken over. */
  readonly replaced: string | undefined;
}

export interface RunLockOptions {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly host: Host;
  readonly dependsOnProcess: boolean;
  /** What is locked; runs unless given. */
  readonly of?: LockOf;
}

export interface LockOf {
  readonly key: string;
  readonly hint: string;
}

const ofRuns: LockOf = {
  key: layout.runLock,
  hint: 'Wait until it has ended, or stop it: Ctrl-C where hubkeep backup runs, POST backups/{runId}/cancel elsewhere. One run at a time keeps the order of what is stored.',
};
/** Of restores that run as orchestrations. It keeps none of them from a backup, which changes nothing that a restore reads. */
export const ofRestores: LockOf = {
  key: layout.restoreLock,
  hint: 'Wait until it has ended, or stop it: POST restores/{runId}/cancel. hubkeep restore runs beside it.',
};

const staleMs = 10 * 60_000;
/** A lock renewed this recently need not be written again. */
const freshMs = 30_000;
const attempts = 5;

/** One run at a time, whoever starts it and wherever: a blob changed only under its etag. */
export function createRunLock({ store, clock, host, dependsOnProcess, of = ofRuns }: RunLockOptions) {
  /** As this process last wrote it: its etag tells at the next write whether anybody else did since. */
  let written: StoredLock | undefined;
  let acquired: { readonly runId: string; readonly at: number } | undefined;

  async function read(): Promise<StoredLock | undefined> {
    try {
      const { content, etag } = await store.read(of.key);
      return { document: parseJson(of.key, content, lockSchema), etag };
    } catch (error) {
      if (codeOf(error) === 'store.not-found') return undefined;
      throw error;
    }
  }

  function isStale(document: LockDocument): boolean {
    if (clock.now().getTime() - Date.parse(document.renewedAt) > staleMs) return true;
    if (!document.dependsOnProcess || document.host !== host.name) return false;
    return !host.isAlive(document);
  }

  function isFresh({ renewedAt }: LockDocument): boolean {
    return clock.now().getTime() - Date.parse(renewedAt) < freshMs;
  }

  /** @param before the lock as it was; with no lock there is nothing yet that a dead run could have left. */
  function documentFor(runId: string | null, fence: number, before: LockDocument | undefined): LockDocument {
    const { name, pid, bootId } = host;
    const renewedAt = clock.now().toISOString();
    const cleanedAt = before === undefined ? renewedAt : before.cleanedAt;
    return {
      runId,
      fence,
      host: name,
      pid,
      bootId,
      dependsOnProcess,
      renewedAt,
      ...(cleanedAt === undefined ? {} : { cleanedAt }),
    };
  }

  /** Writes unless somebody else did since `etag` was read. */
  async function write(document: LockDocument, etag: string | undefined): Promise<boolean> {
    try {
      const condition = etag === undefined ? { onlyIfAbsent: true } : { ifMatch: etag };
      written = { document, etag: (await store.put(of.key, jsonBytes(document), condition)).etag };
      return true;
    } catch (error) {
      written = undefined;
      if (codeOf(error) === 'store.exists' || codeOf(error) === 'store.precondition-failed') return false;
      throw error;
    }
  }

  /** The lock this run holds, as this process wrote it or else as it is stored. */
  async function find(runId: string, fence: number | undefined): Promise<StoredLock & { readonly isStored: boolean }> {
    const isOurs = (lock: StoredLock | undefined) =>
      lock?.document.runId === runId && (fence === undefined || lock.document.fence === fence);
    if (written !== undefined && isOurs(written)) return { ...written, isStored: false };
    const stored = await read();
    if (stored === undefined || !isOurs(stored)) throw lost(runId);
    return { ...stored, isStored: true };
  }

  /** Changes the lock this run holds, unless `isNeeded` says that it need not. */
  async function update(
    { runId, fence }: { runId: string; fence?: number | undefined },
    change: (current: LockDocument) => LockDocument,
    isNeeded: (current: LockDocument, isStored: boolean) => boolean = () => true,
  ) {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { document, etag, isStored } = await find(runId, fence);
      if (!isNeeded(document, isStored) || (await write(change(document), etag))) return;
    }
    throw new HubkeepError('store.unavailable', 'the run lock keeps changing', { retryable: true });
  }

  return {
    /** @throws `run.busy`, with the running id in `details.runId`. */
    async acquire(runId: string): Promise<Acquired> {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const current = await read();
        const holder = current?.document.runId ?? null;
        if (current !== undefined && holder !== null && !isStale(current.document)) throw busy(holder, current.document, of);
        const fence = (current?.document.fence ?? 0) + 1;
        if (!(await write(documentFor(runId, fence, current?.document), current?.etag))) continue;
        acquired = { runId, at: clock.now().getTime() };
        return { fence, replaced: holder ?? undefined };
      }
      throw new HubkeepError('store.unavailable', 'the run lock keeps changing', { retryable: true });
    },
    /** When this process took the lock for this run, if it did. */
    acquiredAt: (runId: string): number | undefined => (acquired?.runId === runId ? acquired.at : undefined),
    /**
     * Keeps the lock; throws `lock.lost` when it is no longer this run's. @param fence what the run holds the lock by: with
     * it the store is asked whatever is known, without it a lock that nobody could have taken yet is not asked for.
     */
    async renew(runId: string, fence?: number): Promise<void> {
      // Many activities of a run renew, some at once: whichever of them came first has done it for all.
      const isNeeded = (current: LockDocument, isStored: boolean) => !isFresh(current) || (fence !== undefined && !isStored);
      await update({ runId, fence }, (current) => ({ ...current, renewedAt: clock.now().toISOString() }), isNeeded);
    },
    /** When what dead runs left was last looked for. @param runId must hold the lock. */
    async cleanedAt(runId: string): Promise<Date | undefined> {
      const { cleanedAt } = (await find(runId, undefined)).document;
      return cleanedAt === undefined ? undefined : new Date(cleanedAt);
    },
    /** Gives the lock back; does nothing when it is no longer this run's. @param cleanedAt given when this run has looked. */
    async release(runId: string, cleanedAt?: Date): Promise<void> {
      const note = cleanedAt === undefined ? {} : { cleanedAt: cleanedAt.toISOString() };
      try {
        await update({ runId }, (current) => ({ ...documentFor(null, current.fence, current), ...note }));
      } catch (error) {
        if (codeOf(error) !== 'lock.lost') throw error;
      }
    },
    /** The run that holds the lock and is not known to be dead. */
    async holder(): Promise<string | undefined> {
      const current = await read();
      return current === undefined || isStale(current.document) ? undefined : (current.document.runId ?? undefined);
    },
  };
}

export type RunLock = ReturnType<typeof createRunLock>;

function busy(runId: string, { host, pid }: LockDocument, { hint }: LockOf): HubkeepError {
  return new HubkeepError('run.busy', `run ${runId} is still running, started by process ${pid} on ${host}`, {
    hint,
    details: { runId },
  });
}

function lost(runId: string): HubkeepError {
  return new HubkeepError('lock.lost', `run ${runId} no longer holds the lock: another run has started since`);
}

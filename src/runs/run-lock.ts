import { z } from 'zod';
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
});
type LockDocument = z.infer<typeof lockSchema>;

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
}

const staleMs = 10 * 60_000;
/** A lock renewed this recently need not be written again. */
const freshMs = 30_000;
const attempts = 5;

/** One run at a time, whoever starts it and wherever: a blob changed only under its etag. */
export function createRunLock({ store, clock, host, dependsOnProcess }: RunLockOptions) {
  async function read(): Promise<{ document: LockDocument; etag: string } | undefined> {
    try {
      const { content, etag } = await store.read(layout.runLock);
      return { document: parseJson(layout.runLock, content, lockSchema), etag };
    } catch (error) {
      if (codeOf(error) === 'store.not-found') return undefined;
      throw error;
    }
  }

  function isStale(document: LockDocument): boolean {
    if (clock.now().getTime() - Date.parse(document.renewedAt) > staleMs) return true;
    if (!document.dependsOnProcess || document.host !== host.name) return false;
    return document.bootId !== host.bootId || !host.isAlive(document.pid);
  }

  function documentFor(runId: string | null, fence: number): LockDocument {
    const { name, pid, bootId } = host;
    return { runId, fence, host: name, pid, bootId, dependsOnProcess, renewedAt: clock.now().toISOString() };
  }

  /** Writes unless somebody else did since `etag` was read. */
  async function write(document: LockDocument, etag: string | undefined): Promise<boolean> {
    try {
      await store.put(layout.runLock, jsonBytes(document), etag === undefined ? { onlyIfAbsent: true } : { ifMatch: etag });
      return true;
    } catch (error) {
      if (codeOf(error) === 'store.exists' || codeOf(error) === 'store.precondition-failed') return false;
      throw error;
    }
  }

  /** Applies a change to the lock this run holds; none when there is nothing to change. */
  async function update(runId: string, fence: number | undefined, change: (current: LockDocument) => LockDocument | undefined) {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const current = await read();
      if (current?.document.runId !== runId || (fence !== undefined && current.document.fence !== fence)) throw lost(runId);
      const changed = change(current.document);
      if (changed === undefined || (await write(changed, current.etag))) return;
    }
    throw new HubkeepError('store.unavailable', 'the run lock keeps changing', { retryable: true });
  }

  return {
    /** @throws `run.busy`, with the running id in `details.runId`. */
    async acquire(runId: string): Promise<Acquired> {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const current = await read();
        const holder = current?.document.runId ?? null;
        if (current !== undefined && holder !== null && !isStale(current.document)) throw busy(holder, current.document);
        const fence = (current?.document.fence ?? 0) + 1;
        if (await write(documentFor(runId, fence), current?.etag)) return { fence, replaced: holder ?? undefined };
      }
      throw new HubkeepError('store.unavailable', 'the run lock keeps changing', { retryable: true });
    },
    /** Keeps the lock; throws `lock.lost` when it is no longer this run's. @param fence checked when given. */
    async renew(runId: string, fence?: number): Promise<void> {
      await update(runId, fence, (current) => {
        // Many activities of a run renew, some at once: whichever of them came first has done it for all.
        const isFresh = clock.now().getTime() - Date.parse(current.renewedAt) < freshMs;
        return isFresh ? undefined : { ...current, renewedAt: clock.now().toISOString() };
      });
    },
    /** Gives the lock back; does nothing when it is no longer this run's. */
    async release(runId: string): Promise<void> {
      try {
        await update(runId, undefined, ({ fence }) => documentFor(null, fence));
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

function busy(runId: string, { host, pid }: LockDocument): HubkeepError {
  return new HubkeepError('run.busy', `run ${runId} is still running, started by process ${pid} on ${host}`, {
    hint: 'Wait until it has ended, or cancel it; one run at a time keeps the order of what is stored.',
    details: { runId },
  });
}

function lost(runId: string): HubkeepError {
  return new HubkeepError('lock.lost', `run ${runId} no longer holds the lock: another run has started since`);
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Session-owned, exclusive application locks, as sp_getapplock takes them. */
export interface AppLocks {
  /** 0 granted, 1 granted after waiting, -1 not granted within `timeoutMs` (negative: waits without limit). */
  acquire(resource: string, sessionId: number, options: { timeoutMs: number; signal: AbortSignal }): Promise<number>;
  /** False when the session does not hold it. */
  release(resource: string, sessionId: number): boolean;
  releaseAll(sessionId: number): void;
}

const pollMs = 20;

export function createAppLocks(): AppLocks {
  const held = new Map<string, { sessionId: number; count: number }>();
  const tryAcquire = (resource: string, sessionId: number): boolean => {
    const lock = held.get(resource);
    if (lock !== undefined && lock.sessionId !== sessionId) return false;
    held.set(resource, { sessionId, count: (lock?.count ?? 0) + 1 });
    return true;
  };
  return {
    async acquire(resource, sessionId, { timeoutMs, signal }) {
      if (tryAcquire(resource, sessionId)) return 0;
      const deadline = timeoutMs < 0 ? Infinity : Date.now() + timeoutMs;
      while (Date.now() < deadline) {
        await sleep(pollMs, undefined, { signal });
        if (tryAcquire(resource, sessionId)) return 1;
      }
      return -1;
    },
    release(resource, sessionId) {
      const lock = held.get(resource);
      if (lock?.sessionId !== sessionId) return false;
      lock.count--;
      if (lock.count === 0) held.delete(resource);
      return true;
    },
    releaseAll(sessionId) {
      for (const [resource, lock] of held) if (lock.sessionId === sessionId) held.delete(resource);
    },
  };
}

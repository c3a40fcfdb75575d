import type { RecoveryPoint } from '../../src/contracts/recovery-point';
import type { Host } from '../../src/ports/host';
import type { BlobStore } from '../../src/ports/blob-store';
import { createRecoveryPoints, type UncommittedPoint } from '../../src/repository/recovery-points';
import { openRepository } from '../../src/repository/repository-header';
import { createRunLock, type LockOf, type RunLock } from '../../src/runs/run-lock';
import { createRunSummaries } from '../../src/runs/run-summaries';
import { createRunStarter } from '../../src/runs/start-run';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createVirtualClock } from '../support/virtual-clock';

export const minute = 60_000;
export const hour = 60 * minute;

interface LockRequest {
  readonly name?: string;
  readonly pid?: number;
  readonly bootId?: string;
  readonly dependsOnProcess?: boolean;
  readonly of?: LockOf;
}

/** What starters and holders of runs share: one store, one clock, machines whose processes can die. */
export function createRunStage() {
  const store = createMemoryBlobStore();
  const clock = createVirtualClock();
  const dead = new Set<number>();
  const summaries = createRunSummaries(store);

  function lockOf({ name = 'host-a', pid = 100, bootId = 'boot-1', dependsOnProcess = true, of }: LockRequest = {}): RunLock {
    const host: Host = { name, pid, bootId, isAlive: (asked) => asked.bootId === bootId && !dead.has(asked.pid) };
    return createRunLock({ store, clock, host, dependsOnProcess, ...(of === undefined ? {} : { of }) });
  }

  return {
    store,
    clock,
    summaries,
    lockOf,
    points: createRecoveryPoints(store),
    kill: (pid: number) => void dead.add(pid),
    pass: (ms: number) => clock.sleep(ms),
    starterOf: (lock: RunLock) =>
      createRunStarter({ lock, summaries, clock, repositoryId: () => repositoryIdOf(store), beginsAtOnce: false }),
    /** Writes a blob and lets it lie as old as the clock says. */
    leave: (key: string) => store.put(key, Buffer.from(key)),
    keys: async (prefix = '') => {
      const keys: string[] = [];
      for await (const { key } of store.list(prefix)) keys.push(key);
      return keys;
    },
  };
}

export type RunStage = ReturnType<typeof createRunStage>;

export async function repositoryIdOf(store: BlobStore): Promise<string> {
  return (await openRepository(store)).repositoryId;
}

/** The least that a point can hold: secrets alone, which could not be kept. */
export function pointOf(id: string, changes: Partial<RecoveryPoint> = {}): UncommittedPoint {
  return {
    id,
    repositoryId: 'repository',
    stamp: 'stamp',
    outcome: 'partial',
    components: ['secrets'],
    trigger: 'cli',
    hubkeepVersion: '0.0.0',
    startedAt: '2026-11-22T02:00:00.000Z',
    committedAt: '2026-11-22T02:01:00.000Z',
    secrets: { status: 'failed', problem: { code: 'secrets.never-stored', message: 'never stored' } },
    skewSeconds: null,
    warnings: [],
    notCarried: [],
    ...changes,
  };
}

export async function codeThrownBy(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing was thrown';
}

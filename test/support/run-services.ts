import type { BlobStore } from '../../src/ports/blob-store';
import type { Clock } from '../../src/ports/clock';
import type { Host } from '../../src/ports/host';
import { createProgressReporter } from '../../src/runs/progress-reporter';
import { createRunGuard } from '../../src/runs/run-guard';
import { createRunLock } from '../../src/runs/run-lock';
import { createRunSummaries } from '../../src/runs/run-summaries';
import { silentLog } from './silent-log';

const host: Host = { name: 'test-host', pid: 4711, bootId: 'boot', isAlive: () => true };

/** The real services around a run, whose lock is held by `runId`. */
export async function createRunServices({ store, clock, runId }: { store: BlobStore; clock: Clock; runId: string }) {
  const lock = createRunLock({ store, clock, host, dependsOnProcess: false });
  const summaries = createRunSummaries(store);
  await lock.acquire(runId);
  return {
    lock,
    summaries,
    guard: createRunGuard({ lock, summaries, clock, log: silentLog }),
    progress: createProgressReporter({ store, clock, log: silentLog }),
  };
}

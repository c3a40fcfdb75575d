import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCopyShareBox } from '../../src/activities/copy-share-box';
import { createPlanSharePartitions } from '../../src/activities/plan-share-partitions';
import { createLocalFiles } from '../../src/adapters/local-files/local-files';
import { createLocalHost } from '../../src/adapters/local-host/local-host';
import { createSystemClock } from '../../src/adapters/system-clock';
import { boxResultSchema } from '../../src/contracts/share-copy';
import { createFileShare } from '../../src/fileshare/copy-share';
import { createPartitions } from '../../src/fileshare/partitions';
import type { Clock } from '../../src/ports/clock';
import { readJson } from '../../src/repository/json-blob';
import { layout } from '../../src/repository/layout';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import { createProgressReporter } from '../../src/runs/progress-reporter';
import { createRunGuard } from '../../src/runs/run-guard';
import { createRunLock } from '../../src/runs/run-lock';
import { createRunSummaries } from '../../src/runs/run-summaries';
import { createMemoryBlobStore } from '../../test/support/memory-blob-store';
import { silentLog } from '../../test/support/silent-log';
import { countRequests, type Requests } from './counting-store';
import { boxSeconds } from './scenario';

const runId = '20261122T020000Z-7f3a';

export interface BoxRequests {
  /** Of every box, without packs and segments. */
  readonly fixed: number;
  /** While one works for its whole time: the run's lock, a look whether it is cancelled, progress. */
  readonly byTime: number;
}

/** Counts what the real activity asks of a store for a box with next to nothing in it. */
export async function measureBoxRequests(): Promise<BoxRequests> {
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-scale-'));
  try {
    for (let i = 0; i < 64; i++) {
      mkdirSync(join(directory, `${i}`));
      writeFileSync(join(directory, `${i}`, 'index.html'), `${i}`);
    }
    return { fixed: await fixedRequests(directory), byTime: await requestsByTime() };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function fixedRequests(directory: string): Promise<number> {
  const { store, guard, progress, clock } = await runUnderWay(createSystemClock());
  const source = createLocalFiles(directory);
  const points = createRecoveryPoints(store);
  const partitions = createPartitions({ source, store, points, clock });
  const fileShare = createFileShare({ source, exclude: [], store, points, clock, log: silentLog, boxMs: boxSeconds * 1000 });
  const plan = await createPlanSharePartitions({ guard, partitions })({ runId, point: null, width: 2 });
  if (plan.status === 'failed') throw new Error(plan.problem.message);
  const before = sumOf(store.requests);
  const place = { pass: 'bulk', partition: 1, box: 0 } as const;
  const box = { runId, sequence: 1, point: null, ...place, partitions: plan.partitions, lane: 1, cursor: null };
  await createCopyShareBox({ guard, progress, partitions, fileShare, points })(box);
  const asked = sumOf(store.requests) - before;
  const { packs, segments } = await readJson(store, layout.boxResult(runId, place), boxResultSchema);
  return asked - packs.length - segments.length;
}

async function requestsByTime(): Promise<number> {
  const { store, guard, progress, clock } = await runUnderWay(fastClock());
  const before = sumOf(store.requests);
  const end = clock.now().getTime() + boxSeconds * 1000;
  await guard(runId, async () => {
    while (clock.now().getTime() < end) {
      progress.report(runId, { activity: 'fileshare-bulk', files: 1, bytes: 1 });
      await new Promise(setImmediate);
    }
  });
  return sumOf(store.requests) - before;
}

async function runUnderWay(clock: Clock) {
  const store = countRequests(createMemoryBlobStore());
  const lock = createRunLock({ store, clock, host: createLocalHost(clock), dependsOnProcess: false });
  await lock.acquire(runId);
  const guard = createRunGuard({ lock, summaries: createRunSummaries(store), clock, log: silentLog });
  return { store, guard, clock, progress: createProgressReporter({ store, clock, log: silentLog }) };
}

/** Its sleeps take no time, and let others work meanwhile. */
function fastClock(): Clock {
  let time = Date.parse('2026-11-22T02:00:00.000Z');
  return {
    now: () => new Date(time),
    sleep: (ms) => {
      time += ms;
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function sumOf({ reads, writes, lists }: Requests): number {
  return reads + writes + lists;
}

import { hubkeepVersion } from '../contracts/version';
import type { Status } from '../web/status';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiServices } from './api-services';
import { nextSlotAfter, slotOf } from './nightly-slot';
import { listPoints } from './read-points';
import { listRuns, phaseOf } from './read-runs';

const pointsShown = 14;

/** Everything the status page shows, as it is now. */
export async function readStatus(services: ApiServices, engine: WorkflowClient): Promise<Status> {
  const { config, clock, store, points, summaries } = services;
  const now = clock.now();
  const [{ recoveryPoints, unreadable }, { backups }] = await Promise.all([
    listPoints(points, pointsShown),
    // The one that runs and the one before it.
    listRuns(services, { limit: 2 }),
  ]);
  const run = backups.find(({ status }) => status === 'running');
  return {
    ...{ stamp: config.stampName, version: hubkeepVersion, store: store.location, now },
    ...{ lastSlot: slotOf(config.schedule, now), nextSlot: nextSlotAfter(config.schedule, now) },
    ...{ points: recoveryPoints, unreadable },
    running: run && { run, phase: await phaseOf(run, engine), progress: await summaries.progress(run.runId) },
    lastEnded: backups.find(({ status }) => status !== 'running'),
  };
}

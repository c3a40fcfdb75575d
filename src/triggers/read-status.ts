import type { RunSummary } from '../contracts/run';
import type { Drill } from '../contracts/drill';
import { hubkeepVersion } from '../contracts/version';
import type { Drills } from '../recovery/drill/drills';
import { suspicionOf } from '../repository/marks';
import type { Status } from '../web/status';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiServices } from './api-services';
import { nextSlotAfter, slotOf } from './nightly-slot';
import { findNewestFull, type NewestFull } from './newest-full-point';
import { chainOf, listPoints } from './read-points';
import { listRuns, phaseOf } from './read-runs';

const pointsShown = 14;
const runsRead = 12;
const failedRunsShown = 5;

const nothing: NewestFull = { lacking: [], newestFull: undefined };

/** Everything the status page shows, as it is now. */
export async function readStatus(services: ApiServices, engine: WorkflowClient): Promise<Status> {
  const { config, clock, store, points, summaries, drills } = services;
  const now = clock.now();
  const [{ recoveryPoints, unreadable, more }, { backups }] = await Promise.all([
    listPoints(points, pointsShown),
    listRuns(services, { limit: runsRead }),
  ]);
  const full = recoveryPoints.length === 0 ? nothing : await findNewestFull(points, config.components);
  const run = backups.find(({ status }) => status === 'running');
  return {
    ...{ stamp: config.stampName, version: hubkeepVersion, store: store.location, now },
    ...{ lastSlot: slotOf(config.schedule, now), nextSlot: nextSlotAfter(config.schedule, now) },
    ...{ components: config.components, unreadable, ...full },
    points: recoveryPoints.map((point) => ({ ...point, suspicion: suspicionOf(point.marks) })),
    lastDrill: await lastRehearsal(drills.drills),
    drillsScheduled: config.drill.schedule !== undefined,
    pointsInAll: more ? (await chainOf(points)).length - unreadable.length : recoveryPoints.length,
    running: run && { run, phase: await phaseOf(run, engine), progress: await summaries.progress(run.runId) },
    lastEnded: backups.find(({ status }) => status !== 'running'),
    failedRuns: backups.filter((ended) => isFailedSince(ended, full.newestFull?.id ?? '')).slice(0, failedRunsShown),
  };
}

/** An id begins with the time of its run, so that ids compare as times do. */
function isFailedSince({ runId, status, recoveryPoint }: RunSummary, id: string): boolean {
  return (status === 'failed' || status === 'cancelled') && recoveryPoint === undefined && runId > id;
}

/** One that only verified is none. */
async function lastRehearsal(drills: Drills): Promise<Drill | undefined> {
  for await (const drill of drills.newestFirst()) if (drill.status !== 'running' && drill.parts.includes('share')) return drill;
  return undefined;
}

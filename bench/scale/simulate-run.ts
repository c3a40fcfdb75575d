import './functions-core';
import { retryTable } from '../../src/contracts/retry-table';
import type { RunRequest } from '../../src/contracts/run';
import { hubkeepVersion } from '../../src/contracts/version';
import { orchestrators } from '../../src/orchestrators/orchestrators';
import { registerDurable } from '../../src/workflow/durable';
import { createFunctionsHost } from '../../test/support/functions-host/host';
import { silentLog } from '../../test/support/silent-log';
import type { Speed } from './scenario';
import { noWork, simulatedActivities, type Work } from './simulated-activities';

export interface SimulatedRun {
  readonly work: Work;
  /** Histories written: one for each instance, and one more each time that one is cut. */
  readonly histories: number;
  readonly instances: number;
  readonly events: number;
  readonly largestHistory: number;
  readonly eventBytes: number;
  readonly largestEvent: number;
}

const runId = '20261122T020000Z-7f3a';

/** One run through the registered orchestrators and the real replay of durable-functions. */
export async function simulateRun(width: number, speed: Speed): Promise<SimulatedRun> {
  const work = noWork();
  const seen = { histories: 0, events: 0, largestHistory: 0, eventBytes: 0, largestEvent: 0 };
  const host = await createFunctionsHost({
    maxConcurrentActivities: width + 3,
    onRoundEnd: (_orchestrator, history) => {
      seen.histories += 1;
      seen.events += history.length;
      seen.largestHistory = Math.max(seen.largestHistory, history.length);
      for (const event of history) {
        const bytes = Buffer.byteLength(JSON.stringify({ ...event, IsPlayed: undefined }));
        seen.eventBytes += bytes;
        seen.largestEvent = Math.max(seen.largestEvent, bytes);
      }
    },
  });
  const activities = simulatedActivities({ width, speed, work });
  host.load(() => {
    registerDurable({ orchestrators, activities, retry: retryTable, log: silentLog });
  });
  const input: RunRequest = {
    ...{ runId, version: hubkeepVersion, components: ['databases', 'fileshare', 'secrets'], trigger: 'timer', fence: 7 },
    startedAt: '2026-11-22T02:00:00.000Z',
  };
  host.startOrchestration('back-up', { instanceId: runId, input });
  const { runtimeStatus, output } = await host.waitFor(runId);
  const instances = host.instances().length;
  await host.close();
  if (runtimeStatus !== 'Completed' || (output as { status: string }).status !== 'complete')
    throw new Error(`The simulated run ended as ${runtimeStatus}: ${JSON.stringify(output)}`);
  return { work, instances, ...seen };
}

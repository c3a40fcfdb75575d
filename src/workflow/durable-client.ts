import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { DurableClient, DurableOrchestrationStatus } from 'durable-functions';
import { busy } from './busy';
import { fromFailureText } from './step-failed';
import type { RuntimeStatus, WorkflowClient, WorkflowStatus } from './workflow-client';

/** What a trigger adds to its `extraInputs` so that `durableClientOf` works inside it. */
export const durableClientInput = () => df.input.durableClient();

/** The workflow client of one invocation. */
export function durableClientOf(context: InvocationContext): WorkflowClient {
  return createDurableClient(() => df.getClient(context));
}

export function createDurableClient(getClient: () => DurableClient): WorkflowClient {
  return {
    async start({ orchestrator, instanceId, input }) {
      try {
        await getClient().startNew(orchestrator, { instanceId, input });
      } catch (error) {
        throw isRefusal(error) ? busy(instanceId, error) : error;
      }
    },

    async status(instanceId) {
      try {
        return toWorkflowStatus(await getClient().getStatus(instanceId));
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    },

    async terminate(instanceId, reason) {
      await getClient().terminate(instanceId, encodeURIComponent(reason));
    },

    async purge(createdBefore) {
      const { instancesDeleted } = await getClient().purgeInstanceHistoryBy({
        createdTimeFrom: new Date(0),
        createdTimeTo: new Date(createdBefore),
        runtimeStatus: [
          df.OrchestrationRuntimeStatus.Completed,
          df.OrchestrationRuntimeStatus.Failed,
          df.OrchestrationRuntimeStatus.Terminated,
        ],
      });
      return instancesDeleted;
    },
  };
}

/** Older extensions answer 400 or 500 with this text, newer ones 409. */
function isRefusal(error: unknown): boolean {
  return hasStatus(error, 409) || (error instanceof Error && error.message.includes('already exists'));
}

/** The library reports the extension's answer in its text alone. */
function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && new RegExp(`status code: ${status}|HTTP ${status} `).test(error.message);
}

const runtimeStatuses: Readonly<Record<string, RuntimeStatus>> = {
  Pending: 'pending',
  Running: 'running',
  ContinuedAsNew: 'running',
  Completed: 'completed',
  Failed: 'failed',
  Canceled: 'terminated',
  Terminated: 'terminated',
  Suspended: 'suspended',
};

function toWorkflowStatus(status: DurableOrchestrationStatus): WorkflowStatus {
  const runtimeStatus = runtimeStatuses[status.runtimeStatus] ?? 'running';
  return {
    instanceId: status.instanceId,
    orchestrator: status.name,
    runtimeStatus,
    customStatus: status.customStatus ?? null,
    ...(runtimeStatus === 'completed' ? { output: status.output } : {}),
    ...(runtimeStatus === 'failed' ? { problem: fromFailureText(textOf(status.output)).problem } : {}),
  };
}

function textOf(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}

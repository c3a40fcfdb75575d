import { app } from '@azure/functions';
import { durableClientInput, durableClientOf } from '../../src/workflow/durable-client';
import { registerDurable } from '../../src/workflow/durable';
import type { WorkflowClient } from '../../src/workflow/workflow-client';
import { createFunctionsHost } from '../support/functions-host/host';
import { describeWorkflow, type EngineUnderTest } from './behaviour';
import { createActivities, orchestrators, retry } from './fixture';

describeWorkflow('durable', openDurable);

async function openDurable(): Promise<EngineUnderTest> {
  const host = await createFunctionsHost({ maxConcurrentActivities: 256 });
  const logged: string[] = [];
  let client: WorkflowClient | undefined;
  host.load(() => {
    registerDurable({
      orchestrators,
      activities: createActivities(),
      retry,
      log: { info: (event) => logged.push(`info ${event}`), warn: (event) => logged.push(`warn ${event}`) },
    });
    app.http('client', {
      extraInputs: [durableClientInput()],
      handler: (_request, context) => {
        client = durableClientOf(context);
        return {};
      },
    });
  });
  await host.invokeHttp({ method: 'GET', path: '/api/client' });
  if (!client) throw new Error('The function that gives the client was not run.');
  const known = client;
  return {
    client: known,
    logged,
    async wait(instanceId) {
      await host.waitFor(instanceId);
      const status = await known.status(instanceId);
      if (!status) throw new Error(`There is no instance ${instanceId}.`);
      return status;
    },
    close: () => host.close(),
  };
}

import type { Problem } from '../contracts/outcome';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import type { HubkeepWorkflow } from './types';

/** @returns why a server may not write to the container of its backups; undefined when it may now. */
export function* giveCredential(workflow: HubkeepWorkflow, runId: string, server: string): Steps<Problem | undefined> {
  try {
    const outcome = yield* workflow.call('give-credential', { runId, server });
    return outcome.status === 'failed' ? outcome.problem : undefined;
  } catch (error) {
    return problemOf(error);
  }
}

/** One after the other: there are few servers, and one that refuses must not end the others. @returns those that refuse, and why. */
export function* giveCredentials(
  workflow: HubkeepWorkflow,
  runId: string,
  servers: readonly string[],
): Steps<ReadonlyMap<string, Problem>> {
  const refused = new Map<string, Problem>();
  for (const server of servers) {
    const problem = yield* giveCredential(workflow, runId, server);
    if (problem !== undefined) refused.set(server, problem);
  }
  return refused;
}

/** @returns a warning for each server that keeps its credential: the signature in it may delete until it ends by itself. */
export function* takeCredentials(
  workflow: HubkeepWorkflow,
  runId: string,
  servers: readonly string[],
): Steps<ReadonlyMap<string, string>> {
  const left = new Map<string, string>();
  for (const server of servers) {
    const problem = yield* takeCredential(workflow, runId, server);
    if (problem === undefined) continue;
    workflow.log.warn('databases.credential-left', { server, code: problem.code });
    left.set(
      server,
      `the credential for its backups could not be taken from ${server} (${problem.message}); the next run takes it`,
    );
  }
  return left;
}

function* takeCredential(workflow: HubkeepWorkflow, runId: string, server: string): Steps<Problem | undefined> {
  try {
    const outcome = yield* workflow.call('take-credential', { runId, server });
    return outcome.status === 'failed' ? outcome.problem : undefined;
  } catch (error) {
    return problemOf(error);
  }
}

import type { DatabaseOutcome } from '../contracts/activities';
import type { DatabaseTarget } from '../contracts/database-backup';
import type { Outcome } from '../contracts/outcome';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

/** How often a database of an availability group is looked for again after a failure. */
const mostMoves = 2;

/** Every database side by side, each on the server that should take it. */
export function* backUpDatabases(
  workflow: HubkeepWorkflow,
  { runId, round }: Input<'back-up-databases'>,
): OrchestrationOf<'back-up-databases'> {
  const routes = yield* route(workflow, { runId });
  if (routes.status === 'failed') return [{ target: { server: 'SQL_SERVERS', database: 'all databases' }, outcome: routes }];
  const taken = yield* workflow.all(
    routes.targets.map((target) => workflow.sub('back-up-one-database', { runId, round, target })),
  );
  return [...taken, ...routes.failed];
}

/** One database: when it fails for good it fails alone. One of an availability group may have moved to another replica meanwhile. */
export function* backUpOneDatabase(
  workflow: HubkeepWorkflow,
  { runId, round, target: first }: Input<'back-up-one-database'>,
): OrchestrationOf<'back-up-one-database'> {
  let target = first;
  for (let moves = 0; ; moves++) {
    const outcome = yield* backUpOn(workflow, { runId, round, target });
    if (outcome.status === 'succeeded' || outcome.problem.code === 'run.cancelled' || moves === mostMoves)
      return { target, outcome };
    const moved = yield* findAgain(workflow, runId, target);
    if (moved === undefined) return { target, outcome };
    workflow.log.warn('databases.moved', { database: target.database, from: target.server, to: moved.server });
    target = moved;
  }
}

function* backUpOn(
  workflow: HubkeepWorkflow,
  { runId, round, target }: Input<'back-up-one-database'>,
): Steps<DatabaseOutcome['outcome']> {
  const { server, database, warnings = [] } = target;
  try {
    const outcome = yield* workflow.call('back-up-database', { runId, round, server, database });
    if (outcome.status === 'failed') return outcome;
    const { backup } = outcome;
    return { ...outcome, backup: { ...backup, warnings: [...warnings, ...backup.warnings] } };
  } catch (error) {
    return { status: 'failed', problem: problemOf(error) };
  }
}

/** @returns where a database of a group is to be taken now, if that is another server. */
function* findAgain(
  workflow: HubkeepWorkflow,
  runId: string,
  { server, database, group }: DatabaseTarget,
): Steps<DatabaseTarget | undefined> {
  if (group === undefined) return undefined;
  const routes = yield* route(workflow, { runId, database });
  if (routes.status === 'failed') return undefined;
  return routes.targets.find((target) => target.group === group && target.server !== server);
}

interface Routes {
  readonly targets: DatabaseTarget[];
  readonly failed: DatabaseOutcome[];
}

function* route(workflow: HubkeepWorkflow, input: { runId: string; database?: string }): Steps<Outcome<Routes>> {
  try {
    return yield* workflow.call('route-databases', input);
  } catch (error) {
    return { status: 'failed', problem: problemOf(error) };
  }
}

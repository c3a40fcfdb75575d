import type { DatabaseOutcome } from '../contracts/activities';
import type { DatabaseTarget } from '../contracts/database-backup';
import type { Outcome, Problem } from '../contracts/outcome';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import { giveCredential, giveCredentials, takeCredentials } from './credentials';
import type { HubkeepWorkflow, Input, OrchestrationOf } from './types';

/** Stands for the server of a failure that is about no single one. */
export const noSingleServer = 'SQL_SERVERS';

/** How often a database of an availability group is looked for again after a failure. */
const mostMoves = 2;

/** Every database side by side, each on the server that should take it. */
export function* backUpDatabases(
  workflow: HubkeepWorkflow,
  { runId, round }: Input<'back-up-databases'>,
): OrchestrationOf<'back-up-databases'> {
  const routes = yield* route(workflow, { runId });
  if (routes.status === 'failed') return [{ target: { server: noSingleServer, database: 'all databases' }, outcome: routes }];
  const { targets, failed, road } = routes;
  const servers = road === 'url' ? [...new Set(targets.map(({ server }) => server))] : [];
  const refused = yield* giveCredentials(workflow, runId, servers);
  const done = yield* workflow.all(
    targets.map((target) => {
      const refusal = refused.get(target.server);
      return workflow.sub('back-up-one-database', {
        ...{ runId, round, target, road },
        ...(refusal === undefined ? {} : { refusal }),
      });
    }),
  );
  const taken = done.flatMap(({ target, outcome, damaged }) => [{ target, outcome }, ...damaged]);
  const visited = new Set([...servers, ...done.flatMap(({ movedTo }) => (road === 'url' ? movedTo : []))]);
  const left = yield* takeCredentials(
    workflow,
    runId,
    [...visited].filter((server) => !refused.has(server)),
  );
  return [...taken.map((one) => warnOf(one, left)), ...failed];
}

/** One database: when it fails for good it fails alone. One of an availability group may have moved to another replica meanwhile. */
export function* backUpOneDatabase(
  workflow: HubkeepWorkflow,
  { runId, round, target: first, road, refusal }: Input<'back-up-one-database'>,
): OrchestrationOf<'back-up-one-database'> {
  const movedTo: string[] = [];
  const damaged: DatabaseOutcome[] = [];
  let target = first;
  let refused = refusal;
  for (;;) {
    const outcome = yield* backUpOn(workflow, { runId, round, target, refused });
    const isOver = outcome.status === 'succeeded' || outcome.problem.code === 'run.cancelled' || movedTo.length === mostMoves;
    if (isOver) return { target, outcome, movedTo, damaged };
    const moved = yield* findAgain(workflow, runId, target);
    if (moved === undefined) return { target, outcome, movedTo, damaged };
    if (outcome.problem.code === 'sql.corrupt') damaged.push({ target, outcome });
    workflow.log.warn('databases.moved', { database: target.database, from: target.server, to: moved.server });
    target = moved;
    movedTo.push(moved.server);
    refused = road === 'url' ? yield* giveCredential(workflow, runId, moved.server) : undefined;
  }
}

interface Attempt {
  readonly runId: string;
  readonly round: number;
  readonly target: DatabaseTarget;
  /** Why the server cannot write where its backups go. */
  readonly refused: Problem | undefined;
}

function* backUpOn(workflow: HubkeepWorkflow, { runId, round, target, refused }: Attempt): Steps<DatabaseOutcome['outcome']> {
  if (refused !== undefined) return { status: 'failed', problem: refused };
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

/** @param left what could not be taken from a server, by server. */
function warnOf(taken: DatabaseOutcome, left: ReadonlyMap<string, string>): DatabaseOutcome {
  const warning = left.get(taken.target.server);
  if (warning === undefined || taken.outcome.status === 'failed') return taken;
  const { backup } = taken.outcome;
  return { ...taken, outcome: { ...taken.outcome, backup: { ...backup, warnings: [...backup.warnings, warning] } } };
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
  readonly road: 'disk' | 'url';
}

function* route(workflow: HubkeepWorkflow, input: { runId: string; database?: string }): Steps<Outcome<Routes>> {
  try {
    return yield* workflow.call('route-databases', input);
  } catch (error) {
    return { status: 'failed', problem: problemOf(error) };
  }
}

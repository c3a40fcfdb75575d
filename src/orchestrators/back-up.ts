import type { CommitRequest, DatabaseOutcome, RunEnd, RunPlan, ShareCopy } from '../contracts/activities';
import type { Component } from '../contracts/components';
import type { DatabaseTarget } from '../contracts/database-backup';
import type { Problem, Warning } from '../contracts/outcome';
import type { Phase, RunProblem, RunRequest, RunStatus, RunSummary } from '../contracts/run';
import { hubkeepVersion } from '../contracts/version';
import { problemOf } from '../workflow/step-failed';
import type { Steps } from '../workflow/workflow';
import { noSingleServer } from './back-up-databases';
import type { HubkeepWorkflow, OrchestrationOf } from './types';

/** When the share took this much longer than the databases, a site may exist whose row does not: they are taken again. */
const databasesTooOldMs = 10 * 60_000;

/**
 * One run: databases, the share's bulk pass and secrets side by side; databases again if the share took long; then the
 * share's delta pass, so that what changed meanwhile is there too; then the commit. Content without a row is harmless,
 * a row without content is a broken site.
 */
export function* backUp(workflow: HubkeepWorkflow, run: RunRequest): OrchestrationOf<'back-up'> {
  if (run.version !== hubkeepVersion) return yield* end(workflow, run, { status: 'superseded' });
  try {
    return yield* copyAndCommit(workflow, run);
  } catch (error) {
    return yield* end(workflow, run, { status: 'failed', problems: [problemOf(error)] });
  }
}

function* copyAndCommit(workflow: HubkeepWorkflow, run: RunRequest): Steps<RunEnd> {
  showPhase(workflow, 'starting');
  const plan = yield* workflow.call('begin-run', run);
  if (plan.status === 'failed') {
    if (plan.problem.code === 'run.cancelled') return yield* end(workflow, run, { status: 'cancelled' });
    return yield* end(workflow, run, { status: 'failed', problems: [plan.problem] });
  }

  const { parts, superseded } = yield* copyParts(workflow, run, plan);
  showPhase(workflow, 'committing');
  const committed = yield* workflow.call('commit-recovery-point', { run, place: plan.place, ...parts });
  const left = yield* removeStaging(workflow, run.runId, [...(parts.databases ?? []), ...superseded]);
  if (committed.status === 'failed') {
    const status = committed.problem.code === 'run.cancelled' ? 'cancelled' : 'failed';
    return yield* end(workflow, run, { status, problems: committed.problems, warnings: left });
  }
  const { outcome: status, problems, warnings } = committed;
  return yield* end(workflow, run, { status, committed: true, problems, warnings: [...warnings, ...left] });
}

interface Copied {
  readonly parts: Omit<CommitRequest, 'run' | 'place'>;
  /** Backups that a newer one of this run took the place of. */
  readonly superseded: readonly DatabaseOutcome[];
}

function* copyParts(workflow: HubkeepWorkflow, run: RunRequest, plan: RunPlan): Steps<Copied> {
  const { runId } = run;
  const asked = (component: Component) => run.components.includes(component);
  const pass = { runId, sequence: plan.place.sequence, point: plan.shareBase, width: plan.shareWidth };

  showPhase(workflow, 'copying');
  const [databasesTaken, shareCopied, secretsKept] = yield* workflow.all([
    workflow.all(asked('databases') ? [workflow.sub('back-up-databases', { runId, round: 1 })] : []),
    workflow.all(asked('fileshare') ? [workflow.sub('copy-share', { ...pass, pass: 'bulk' })] : []),
    workflow.all(asked('secrets') ? [workflow.sub('keep-secrets', { runId })] : []),
  ]);
  let databases = databasesTaken[0] ?? null;
  let superseded: readonly DatabaseOutcome[] = [];
  const bulk = shareCopied[0] ?? null;
  let delta: ShareCopy | null = null;

  if (databases !== null && bulk !== null && bulk.finishedAt !== null) {
    if (isTooOld(databases, bulk.finishedAt)) {
      showPhase(workflow, 'databases-again');
      ({ databases, superseded } = yield* takeAgain(workflow, runId, databases));
    }
    showPhase(workflow, 'catching-up');
    delta = yield* workflow.sub('copy-share', { ...pass, pass: 'delta', bulk: bulk.boxes });
  }
  const share = bulk === null ? null : { base: plan.shareBase, bulk, delta };
  return { parts: { databases, share, secrets: secretsKept[0] ?? null }, superseded };
}

interface TakenAgain {
  readonly databases: DatabaseOutcome[];
  readonly superseded: readonly DatabaseOutcome[];
}

/** Newer backups where they can be had; a database that fails now keeps the backup it has. */
function* takeAgain(workflow: HubkeepWorkflow, runId: string, databases: DatabaseOutcome[]): Steps<TakenAgain> {
  const again = yield* workflow.sub('back-up-databases', { runId, round: 2 });
  const firsts = databases.filter((one) => !isDamaged(one));
  const seconds = again.filter((one) => !isDamaged(one));
  const newerOf = (first: DatabaseOutcome) =>
    seconds.find(({ target, outcome }) => isSame(target, first.target) && outcome.status === 'succeeded');
  const isNew = ({ target }: DatabaseOutcome) => !firsts.some((first) => isSame(target, first.target));
  return {
    databases: [
      ...firsts.map((first) => newerOf(first) ?? first),
      ...seconds.filter(isNew),
      ...damagedIn([...databases, ...again]),
    ],
    superseded: firsts.filter((first) => newerOf(first) !== undefined),
  };
}

/** Each server's damage once. */
function damagedIn(outcomes: readonly DatabaseOutcome[]): DatabaseOutcome[] {
  const found = new Map<string, DatabaseOutcome>();
  for (const one of outcomes.filter(isDamaged)) found.set(`${one.target.server} ${one.target.database}`, one);
  return [...found.values()];
}

/** Damage is told, and holds older points, whatever other backup of this night is kept. */
function isDamaged({ outcome }: DatabaseOutcome): boolean {
  return outcome.status === 'failed' && outcome.problem.code === 'sql.corrupt';
}

/** A database of an availability group may be taken from another replica the second time. */
function isSame(a: DatabaseTarget, b: DatabaseTarget): boolean {
  return a.database === b.database && (a.group === undefined ? a.server === b.server : a.group === b.group);
}

function isTooOld(databases: readonly DatabaseOutcome[], shareFinishedAt: string): boolean {
  const finished = databases.flatMap(({ outcome }) =>
    outcome.status === 'succeeded' ? [Date.parse(outcome.backup.proof.finishedAt)] : [],
  );
  return finished.some((at) => Date.parse(shareFinishedAt) - at > databasesTooOldMs);
}

/**
 * After the commit, for until then the file on the server is the only other copy; and when there is none as well, or
 * every failed night would fill the server's disk. What is left over is not worth a failed run.
 * @returns what the operator has to remove.
 */
function* removeStaging(workflow: HubkeepWorkflow, runId: string, databases: readonly DatabaseOutcome[]): Steps<Warning[]> {
  const places = [...new Set(databases.map(({ target }) => target.server))].flatMap((server) => {
    const outcomes = databases.flatMap(({ target, outcome }) => (target.server === server ? [outcome] : []));
    const files = outcomes.flatMap((outcome) => (outcome.status === 'succeeded' ? outcome.staging : []));
    // What failed may have left files that nobody has named.
    const isAnyThere = files.length > 0 || outcomes.some(({ status }) => status === 'failed');
    return isAnyThere && server !== noSingleServer ? [{ server, files }] : [];
  });
  try {
    const removals = yield* workflow.all(places.map((place) => workflow.call('remove-staging', { runId, ...place })));
    return removals.flatMap((removal, i) => {
      if (removal.status === 'succeeded') return [];
      // A server that could not be looked at has failed with that already, unless it took a backup.
      const isNews = removal.problem.code === 'sql.staging-left' || places[i]?.files.length !== 0;
      return isNews ? [warningOf(removal.problem)] : [];
    });
  } catch (error) {
    return [warningOf(problemOf(error))];
  }
}

function warningOf({ code, message, hint, causes: [cause] = [] }: Problem): Warning {
  return { code, message: cause === undefined ? message : `${message} (${cause})`, ...(hint === undefined ? {} : { hint }) };
}

interface Ending {
  readonly status: RunSummary['status'];
  readonly committed?: boolean;
  readonly problems?: RunProblem[];
  readonly warnings?: Warning[];
}

function* end(workflow: HubkeepWorkflow, run: RunRequest, ending: Ending): Steps<RunEnd> {
  showPhase(workflow, 'finishing');
  const { status, committed = false, problems = [], warnings = [] } = ending;
  const ended = yield* workflow.call('end-run', { run, status, committed, problems, warnings });
  showPhase(workflow, 'ended');
  return { status, ...(ended.status === 'succeeded' ? { summary: ended.summary } : {}) };
}

function showPhase(workflow: HubkeepWorkflow, phase: Phase) {
  workflow.setStatus({ phase } satisfies RunStatus);
}

import type { CommitRequest } from '../contracts/activities';
import type { Component } from '../contracts/components';
import type { Problem, Warning } from '../contracts/outcome';
import type { DatabasesRecord, FileShareRecord, RecoveryPoint } from '../contracts/recovery-point';
import type { RunProblem } from '../contracts/run';
import { buildShareRecord } from '../repository/share-record';
import type { BlobStore } from '../ports/blob-store';
import type { RecoveryPoints, UncommittedPoint } from '../repository/recovery-points';

export interface BuildPointOptions {
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly stamp: string;
  readonly repositoryId: string;
  readonly committedAt: Date;
}

export interface BuiltPoint {
  /** Nothing when no component gave anything that could be restored. */
  readonly point: UncommittedPoint | undefined;
  readonly problems: RunProblem[];
  readonly warnings: Warning[];
}

/** What Hubkeep does not keep of a share, in every record so that nobody finds out at a restore. */
const notCarried = ['access control lists', 'alternate data streams', 'owners and permission bits', 'special files'];

/** Turns the outcomes of a run's parts into a commit record. */
export async function buildPoint(request: CommitRequest, options: BuildPointOptions): Promise<BuiltPoint> {
  const { run } = request;
  const databases = databasesRecord(request);
  const fileshare = await shareRecord(request, options);
  const secrets = secretsRecord(request);
  const problems = [
    ...databaseProblems(databases),
    ...shareProblems(fileshare),
    ...deltaProblems(request),
    ...secretsProblems(secrets),
  ];
  const warnings = warningsOf(request, databases);
  const anything = databases?.items.some(({ status }) => status === 'succeeded') ?? false;
  if (!anything && fileshare?.status !== 'succeeded' && secrets?.status !== 'succeeded')
    return { point: undefined, problems, warnings };

  const point: UncommittedPoint = {
    id: run.runId,
    repositoryId: options.repositoryId,
    stamp: options.stamp,
    outcome: problems.length === 0 ? 'complete' : 'partial',
    components: run.components,
    trigger: run.trigger,
    ...(run.reason === undefined ? {} : { reason: run.reason }),
    hubkeepVersion: run.version,
    startedAt: run.startedAt,
    committedAt: options.committedAt.toISOString(),
    ...(databases === undefined ? {} : { databases }),
    ...(fileshare === undefined ? {} : { fileshare }),
    ...(secrets === undefined ? {} : { secrets }),
    skewSeconds: skewOf(databases, fileshare),
    warnings,
    notCarried,
  };
  return { point, problems, warnings };
}

function databasesRecord({ databases }: CommitRequest): DatabasesRecord | undefined {
  if (databases === null) return undefined;
  const items: DatabasesRecord['items'] = databases.map(({ target, outcome }) =>
    outcome.status === 'succeeded'
      ? { status: 'succeeded', ...outcome.backup, ...(target.group === undefined ? {} : { group: target.group }) }
      : { status: 'failed', server: target.server, database: target.database, problem: outcome.problem },
  );
  const succeeded = items.filter(({ status }) => status === 'succeeded').length;
  return { status: succeeded === items.length ? 'succeeded' : succeeded === 0 ? 'failed' : 'partial', items };
}

async function shareRecord(
  { run, share }: CommitRequest,
  { store, points }: BuildPointOptions,
): Promise<RecoveryPoint['fileshare']> {
  if (share === null) return undefined;
  if (share.bulk.problem !== undefined) return { status: 'failed', problem: share.bulk.problem };
  const base = share.base === null ? undefined : (await points.read(share.base)).point.fileshare;
  const record = await buildShareRecord({
    store,
    runId: run.runId,
    bulk: share.bulk.boxes,
    delta: share.delta?.boxes ?? [],
    base: base?.status === 'succeeded' ? base : undefined,
  });
  return isNothingLeft(record) ? { status: 'failed', problem: nothingLeft } : { ...record, base: share.base };
}

/** Folders alone restore no site. Without excludes they are what the share is. */
function isNothingLeft({ counts }: FileShareRecord): boolean {
  return counts.excluded > 0 && counts.files + counts.symlinks === 0;
}

const nothingLeft: Problem = {
  code: 'share.empty',
  message: 'FILE_SHARE_EXCLUDE leaves nothing of the share but folders',
  hint: 'Take a glob out of FILE_SHARE_EXCLUDE, or fileshare out of BACKUP_COMPONENTS.',
};

function secretsRecord({ secrets }: CommitRequest): RecoveryPoint['secrets'] {
  if (secrets === null) return undefined;
  if (secrets.status === 'failed') return { status: 'failed', problem: secrets.problem };
  const { custody, problem } = secrets;
  return { status: 'succeeded', ...custody, ...(problem === undefined ? {} : { problem }) };
}

function databaseProblems(record: DatabasesRecord | undefined): RunProblem[] {
  return (record?.items ?? []).flatMap((item) =>
    item.status === 'failed'
      ? [{ ...item.problem, component: 'databases' as const, subject: `${item.database} on ${item.server}` }]
      : [],
  );
}

function shareProblems(record: RecoveryPoint['fileshare']): RunProblem[] {
  if (record === undefined) return [];
  if (record.status === 'failed') return [{ ...record.problem, component: 'fileshare' }];
  const { failed } = record.counts;
  const first = record.failed.first[0];
  if (failed === 0 || first === undefined) return [];
  const message =
    failed === 1
      ? `1 entry could not be copied: ${first.message}`
      : `${failed} entries could not be copied, the first: ${first.message}`;
  return [{ code: 'share.unreadable', message, component: 'fileshare', hint: 'hubkeep show lists them with their reasons.' }];
}

/** The share as the bulk pass saw it is still worth having. */
function deltaProblems({ share }: CommitRequest): RunProblem[] {
  const problem = share?.delta?.problem;
  return problem === undefined ? [] : [{ ...problem, component: 'fileshare', subject: 'second look' }];
}

function secretsProblems(record: RecoveryPoint['secrets']): RunProblem[] {
  return record?.problem !== undefined ? [{ ...record.problem, component: 'secrets' as const satisfies Component }] : [];
}

function warningsOf({ secrets }: CommitRequest, databases: DatabasesRecord | undefined): Warning[] {
  const fromDatabases = (databases?.items ?? []).flatMap((item) =>
    item.status === 'succeeded' ? item.warnings.map((message) => ({ code: 'database', message })) : [],
  );
  return [...fromDatabases, ...(secrets?.status === 'succeeded' ? secrets.warnings : [])];
}

/** A row newer than the content it points to is what skew can break. */
function skewOf(databases: DatabasesRecord | undefined, share: RecoveryPoint['fileshare']): number | null {
  const finished = (databases?.items ?? []).flatMap((item) =>
    item.status === 'succeeded' ? [Date.parse(item.proof.finishedAt)] : [],
  );
  if (finished.length === 0 || share?.status !== 'succeeded') return null;
  return Math.max(0, Math.round((Date.parse(share.finishedAt) - Math.min(...finished)) / 1000));
}

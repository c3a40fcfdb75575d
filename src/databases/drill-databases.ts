import { randomBytes } from 'node:crypto';
import type { DatabaseBackup } from '../contracts/database-backup';
import type { DatabaseDrillResult, DrilledDatabase } from '../contracts/database-drill';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { runIdOf } from '../contracts/run-id';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { toProblem } from '../errors/to-problem';
import type { BackupProgress } from './backup-parts';
import { checkCopy } from './drill/check-copy';
import { copyName } from './drill/copy-names';
import type { DrillControl, DrillParts } from './drill/drill-parts';
import { dropCopy, dropLeftovers } from './drill/drop-copies';
import { isSystemDatabase } from './restore-parts';

export type DrillPoint = Pick<RecoveryPoint, 'id' | 'databases'>;
/** Restores the databases of a point on trial. Never fails: what went wrong is the result. */
export type DatabaseDrill = (point: DrillPoint, control?: DrillControl) => Promise<DatabaseDrillResult>;

/**
 * One database after the other is restored under a name of its own, checked, looked at and dropped. Nothing that the drill did not make is
 * ever dropped.
 * @param parts nothing where no server is configured for drills.
 */
export function createDatabaseDrill(parts: DrillParts | undefined): DatabaseDrill {
  return async (point, control = {}) => (parts === undefined ? { status: 'not-configured' } : drill(parts, point, control));
}

async function drill(parts: DrillParts, point: DrillPoint, control: DrillControl): Promise<DatabaseDrillResult> {
  const startedAt = parts.clock.now();
  const id = runIdOf(startedAt, randomBytes(2).toString('hex'));
  const leftovers = await dropLeftovers(parts, id);
  const { backups, notDrilled } = chosenOf(point);
  const databases: DrilledDatabase[] = [];
  for (const [index, backup] of backups.entries()) {
    const name = copyName({ id, database: backup.database, index });
    databases.push(await drillOne(parts, { id, name, backup, control }));
  }
  return {
    status: statusOf(databases),
    ...{ id, recoveryPoint: point.id, server: parts.server },
    startedAt: startedAt.toISOString(),
    finishedAt: parts.clock.now().toISOString(),
    ...{ databases, notDrilled, leftovers },
  };
}

function chosenOf({ databases }: DrillPoint) {
  const items = databases?.items ?? [];
  const backups = items.flatMap((item): DatabaseBackup[] =>
    item.status === 'succeeded' && !isSystemDatabase(item.database) ? [item] : [],
  );
  const notDrilled = items.flatMap((item) => {
    const { server, database } = item;
    if (item.status === 'failed') return [{ server, database, reason: item.problem.message }];
    return isSystemDatabase(database) ? [{ server, database, reason: 'it belongs to the server it was taken from' }] : [];
  });
  return { backups, notDrilled };
}

function statusOf(databases: readonly DrilledDatabase[]): 'passed' | 'failed' | 'nothing' {
  if (databases.length === 0) return 'nothing';
  return databases.every(({ outcome }) => outcome === 'passed') ? 'passed' : 'failed';
}

interface Trial {
  readonly id: string;
  readonly name: string;
  readonly backup: DatabaseBackup;
  readonly control: DrillControl;
}

async function drillOne(parts: DrillParts, trial: Trial): Promise<DrilledDatabase> {
  const { name, backup } = trial;
  const found: Found = { isMade: false, seconds: {} };
  const problem = await restoreAndCheck(parts, { ...trial, found }).then(
    () => undefined,
    (error: unknown) => error ?? new HubkeepError('internal', 'The drill failed without a reason'),
  );
  const warnings = found.isMade ? await drop(parts, { ...trial, found }) : [];
  const { isMade: _isMade, ...known } = found;
  return {
    ...{ server: backup.server, database: backup.database, restoredAs: name, warnings },
    outcome: problem === undefined ? 'passed' : isDamage(problem) ? 'damaged' : 'failed',
    ...(problem === undefined ? {} : { problem: toProblem(problem) }),
    bytes: backup.files.reduce((sum, { size }) => sum + size, 0),
    ...known,
  };
}

/** What is known of a trial at any moment, also of one that failed. */
interface Found extends Pick<DrilledDatabase, 'userTables' | 'rows' | 'dataBytes'> {
  /** The server was asked to make the copy. */
  isMade: boolean;
  seconds: DrilledDatabase['seconds'];
}

type Finding = Trial & { readonly found: Found };

async function restoreAndCheck({ restores, ...parts }: DrillParts, { id, name, backup, control, found }: Finding): Promise<void> {
  const { signal, onProgress } = control;
  const own = {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (progress: BackupProgress) => onProgress?.({ ...progress, database: backup.database }),
  };
  if (signal?.aborted === true) throw new HubkeepError('run.cancelled', 'The drill was cancelled before this database');
  const plan = await restores.plan({ server: parts.server, items: [{ backup, target: name }], replace: false });
  for (const item of plan.items) {
    const onRestore = () => {
      found.isMade = true;
    };
    const { seconds } = await restores.restore({ plan, item, control: own, onRestore });
    Object.assign(found, { seconds });
  }
  const { seconds, ...counts } = await checkCopy({ restores, ...parts }, { id, name, control: own });
  Object.assign(found, counts, { seconds: { ...found.seconds, ...seconds } });
}

function isDamage(error: unknown): boolean {
  return ['sql.corrupt', 'format.damaged', 'store.not-found'].includes(codeOf(error));
}

async function drop(parts: DrillParts, { id, name, found }: Finding): Promise<string[]> {
  const startedAt = parts.clock.now().getTime();
  try {
    await dropCopy(parts, { id, name });
    found.seconds = { ...found.seconds, dropping: (parts.clock.now().getTime() - startedAt) / 1000 };
    return [];
  } catch (error) {
    parts.log.error('drill.copy-left', { server: parts.server, database: name, code: codeOf(error) });
    return [`${name} could not be dropped on ${parts.server}: ${messageOf(error)} A drill a day later or more drops it.`];
  }
}

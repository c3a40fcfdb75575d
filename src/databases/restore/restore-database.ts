import { codeOf, HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import type { SqlSession } from '../../ports/sql-server';
import { applicationName, openLockedSession } from '../open-locked-session';
import { againWhenLost, type LockedWork } from '../reconnect';
import type { PlannedRestore, RestoredToServer, RestoreParts, RestoreStep } from '../restore-parts';
import { runWatched } from '../run-watched';
import { findByName, type Database } from '../server-facts';
import { asStepFailure } from '../sql-failure';
import { verifyBackup } from '../statements';
import { stopRunning } from '../stop-running';
import { bringBackup, type BroughtBackup } from './bring-backup';
import { placeFiles } from './place-files';
import { findRunningRestore, listBackupFiles, restoreDatabase } from './statements';
import { toDoAfter } from './to-do';

/** Restores one database that was planned: its backup is brought to the server, verified there, and restored. */
export async function restoreOne(parts: RestoreParts, step: RestoreStep): Promise<RestoredToServer> {
  const { plan, item } = step;
  const request = { runId: plan.id, server: plan.server, database: item.target };
  const session = await openLockedSession(parts, request).catch((error: unknown) => {
    throw asRestoreFailure(error);
  });
  const work: Work = { parts, request, session, doing: 'restore', ...step };
  const clock = stopwatch(parts);
  let brought: BroughtBackup | undefined;
  try {
    brought = await bringBackup(parts, step);
    const copying = clock.lap();
    const files = await readPlaces(work, brought);
    await verify(work, brought);
    const verifying = clock.lap();
    const database = await restore(work, { brought, files });
    const seconds = { copying, verifying, restoring: clock.lap() };
    const { recoveryModel, containment } = database;
    return { files, recoveryModel, containment, seconds, toDo: toDoAfter(item, database) };
  } finally {
    await brought?.discard();
    await work.session.close();
  }
}

interface Work extends LockedWork, RestoreStep {
  readonly control: RestoreStep['control'];
}

/** Seconds since it was last asked, to a thousandth. */
function stopwatch({ clock }: RestoreParts) {
  let last = clock.now().getTime();
  return {
    lap() {
      const now = clock.now().getTime();
      const seconds = (now - last) / 1000;
      last = now;
      return seconds;
    },
  };
}

function asRestoreFailure(error: unknown): unknown {
  if (codeOf(error) !== 'sql.backup-failed' || !isHubkeepError(error)) return error;
  const { message, hint, retryable } = error;
  return new HubkeepError('sql.restore-failed', message, { retryable, ...(hint === undefined ? {} : { hint }), cause: error });
}

async function readPlaces(work: Work, { devices }: BroughtBackup) {
  const [first] = devices;
  if (first === undefined) throw new HubkeepError('internal', 'A backup has no file');
  try {
    return placeFiles(await againWhenLost(work, (session) => session.query(listBackupFiles(first))), work.item);
  } catch (error) {
    throw asStepFailure(
      error,
      'sql.restore-failed',
      `${work.plan.server} cannot read the backup of ${work.item.backup.database}`,
    );
  }
}

async function verify(work: Work, { devices }: BroughtBackup): Promise<void> {
  try {
    await againWhenLost(work, (session) => runWatched(session, verifyBackup(devices), { ...work, step: 'verifying' }));
  } catch (error) {
    throw asStepFailure(
      error,
      'sql.verify-failed',
      `${work.plan.server} cannot verify the backup of ${work.item.backup.database}`,
    );
  }
}

interface Placed {
  readonly brought: BroughtBackup;
  readonly files: ReturnType<typeof placeFiles>;
}

async function restore(work: Work, { brought, files }: Placed): Promise<Database> {
  const { item, plan } = work;
  await requireUnchanged(work.session, work);
  const statement = restoreDatabase({
    ...{ database: item.target, devices: brought.devices, moves: files },
    replace: item.replaces !== undefined,
  });
  try {
    work.onRestore?.();
    await runWatched(work.session, statement, { ...work, step: 'restoring' });
    const found = await findByName(work.session, item.target);
    if (found?.state === 'ONLINE') return found;
    throw new HubkeepError(
      'sql.restore-failed',
      `${item.target} was restored on ${plan.server} and is ${found?.state ?? 'gone'}, not ONLINE`,
      { hint: 'See the SQL Server error log.' },
    );
  } catch (error) {
    return await settle(
      work,
      asStepFailure(error, 'sql.restore-failed', `${item.target} could not be restored on ${plan.server}`),
    );
  }
}

/** Hours may have passed since it was looked at. */
async function requireUnchanged(session: SqlSession, { item, plan }: RestoreStep): Promise<void> {
  const found = await findByName(session, item.target);
  if (found === undefined || (item.replaces !== undefined && !found.isReplica)) return;
  throw new HubkeepError('restore.database-exists', `${plan.server} has got a database ${found.name} meanwhile`, {
    hint: 'Somebody made it while the backup was brought there: look whose it is, and begin again.',
  });
}

/** Ends what may still run there, and throws with what the database has become; gives it where only the connection was lost. */
async function settle(work: Work, error: unknown): Promise<Database> {
  const { item, plan } = work;
  const program = applicationName(work.request);
  await stopRunning({ work, what: 'restore', find: (session) => session.query(findRunningRestore, { program }) });
  const found = await lookAfter(work);
  // The name was free before: nothing but our RESTORE that came to its end puts a database there.
  const isDone = codeOf(error) === 'sql.connection-lost' && item.replaces === undefined;
  if (isDone && found?.state === 'ONLINE') return found;
  if (!isHubkeepError(error) || found?.state !== 'RESTORING') throw error;
  const { code, message, hint, retryable, details } = error;
  throw new HubkeepError(code, `${message.replace(/\.$/, '')}. ${leftAs(item, plan.server)}`, {
    ...{ retryable, details: { ...details, state: found.state }, cause: error },
    hint: `${hint === undefined ? '' : `${hint} `}Restore it again with --replace, or drop it.`,
  });
}

function leftAs({ target, replaces }: PlannedRestore, server: string): string {
  const lost = replaces === undefined ? '' : ', and what it held before is lost';
  return `${target} is left RESTORING on ${server}: nobody can use it${lost}`;
}

async function lookAfter({ parts: { sql }, plan, item }: Work): Promise<Database | undefined> {
  try {
    const session = await sql.connect(plan.server, { applicationName: applicationName({ runId: plan.id }) });
    try {
      return await findByName(session, item.target);
    } finally {
      await session.close();
    }
  } catch {
    return undefined;
  }
}

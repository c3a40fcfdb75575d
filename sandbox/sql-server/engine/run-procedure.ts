import type { Value } from '../tds/columns';
import { deleteFile } from './delete-file';
import { sqlError } from '../tsql/sql-error';
import type { RunContext } from './run-backup';

export type Arguments = ReadonlyMap<string, Value>;
type Procedure = (values: Arguments, context: RunContext) => Promise<number>;

const procedures: Readonly<Record<string, Procedure>> = {
  sp_getapplock: getAppLock,
  sp_releaseapplock: releaseAppLock,
  xp_delete_file: deleteFile,
};

/** Runs a stored procedure and gives its return value. */
export async function runProcedure(name: string, values: Arguments, context: RunContext): Promise<number> {
  const procedure = procedures[name];
  if (procedure === undefined) throw sqlError(2812, `Could not find stored procedure '${name}'.`, { state: 62 });
  return procedure(values, context);
}

async function getAppLock(values: Arguments, { server, session, signal }: RunContext): Promise<number> {
  const mode = String(values.get('@lockmode') ?? '');
  if (mode.toLowerCase() !== 'exclusive') throw sqlError(50000, 'The sandbox takes exclusive application locks only.');
  requireSessionOwner(values);
  const timeoutMs = Number(values.get('@locktimeout') ?? -1);
  return server.locks.acquire(lockName(values, session.database), session.id, { timeoutMs, signal });
}

async function releaseAppLock(values: Arguments, { server, session }: RunContext): Promise<number> {
  requireSessionOwner(values);
  const resource = String(values.get('@resource'));
  if (server.locks.release(lockName(values, session.database), session.id)) return 0;
  const text = `Cannot release the application lock (Database Principal: 'public', Resource: '${resource}') because it is not currently held.`;
  throw sqlError(1223, text);
}

/** Without a transaction only the session can own a lock; 'Transaction' is the default of the procedure. */
function requireSessionOwner(values: Arguments): void {
  if (String(values.get('@lockowner') ?? '').toLowerCase() === 'session') return;
  throw sqlError(50000, "The sandbox knows locks with @LockOwner = 'Session' only.");
}

/** Application locks belong to the database in which they are taken. */
function lockName(values: Arguments, database: string): string {
  return `${database}/${String(values.get('@resource'))}`;
}

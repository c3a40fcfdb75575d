import { HubkeepError } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import { queryIfAllowed, textOf, type Database } from './server-facts';
import { databaseRight, grants, quoteName, serverRights } from './statements';

/** What SQL_USER may do. A question the server does not answer counts as yes: the statement itself will tell. */
export interface Rights {
  readonly login: string;
  readonly backsUp: boolean;
  /** RESTORE VERIFYONLY asks for the right to create databases. */
  readonly verifies: boolean;
  readonly seesUsers: boolean;
}

export async function readRights(session: SqlSession, database: Database): Promise<Rights> {
  const [row = {}] = (await queryIfAllowed(session, serverRights)) ?? [];
  const isSysadmin = row['isSysadmin'] === 1;
  const isRefused = async (permission: string) => {
    if (isSysadmin) return false;
    const rows = await queryIfAllowed(session, databaseRight, { database: quoteName(database.name), permission });
    return rows?.[0]?.['held'] === 0;
  };
  return {
    login: textOf(row['login']) || 'SQL_USER',
    // A replica that is not readable does not answer for itself.
    backsUp: database.isReplica || !(await isRefused('BACKUP DATABASE')),
    verifies: row['createsAnyDatabase'] !== 0 || row['createsDatabase'] === 1,
    seesUsers: !(await isRefused('VIEW DEFINITION')),
  };
}

/** Throws `sql.backup-failed` before anything is written when the backup could not be taken or not be verified. */
export function requireRights({ login, backsUp, verifies }: Rights, database: Database): void {
  if (backsUp && verifies) return;
  const missing = [...(backsUp ? [] : ['back up the database']), ...(verifies ? [] : ['verify its backup (RESTORE VERIFYONLY)'])];
  const needed = [...(backsUp ? [] : [grants.backUp(database.name, login)]), ...(verifies ? [] : [grants.createDatabase(login)])];
  throw new HubkeepError('sql.backup-failed', `${login} may not ${missing.join(' and not ')}: ${database.name}`, {
    hint: `Run on the server: ${needed.join(' ')}${backsUp ? '' : ' The role db_backupoperator does as well.'}`,
  });
}

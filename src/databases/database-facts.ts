import type { RecordedDatabase } from '../contracts/database-backup';
import type { SqlSession } from '../ports/sql-server';
import type { Rights } from './rights';
import { queryIfAllowed, textOf, type Database } from './server-facts';
import { toUtc } from './server-time';
import { countUsers, findLastLogBackup, grants, listFiles, listUsers } from './statements';

export interface FactsQuestion {
  readonly database: Database;
  readonly rights: Rights;
  readonly utcOffsetMinutes: number;
}

export interface DatabaseFacts {
  readonly recorded: RecordedDatabase;
  /** Bytes of data, without the log. */
  readonly dataBytes: number | undefined;
  /** What could not be seen, and the grant that changes it. */
  readonly warnings: readonly string[];
}

/** Looks at the database before it is backed up. What may not be seen is left out with a warning, never a failure. */
export async function readDatabaseFacts(session: SqlSession, question: FactsQuestion): Promise<DatabaseFacts> {
  const { database, rights } = question;
  const files = await readFiles(session, database);
  const users = await readUsers(session, question);
  const lastLogBackupAt = await readLastLogBackup(session, question);
  const unknown = (what: string, grant: string) => `SQL_USER may not see ${what}: it is not recorded. To change that: ${grant}`;
  const { state, containment, collation, encrypted, logReuseWait } = database;
  // A secondary that takes no readers keeps its users to itself whatever SQL_USER may.
  const isUnreadable = database.isReplica && rights.seesUsers;
  return {
    recorded: {
      ...{ state, containment, collation, encrypted, logReuseWait },
      ...(lastLogBackupAt === undefined ? {} : { lastLogBackupAt }),
      ...(files === undefined ? {} : { size: sizeOf(files), files }),
      ...(users === undefined ? {} : { users }),
    },
    dataBytes: files === undefined ? undefined : sizeOf(files.filter(({ type }) => type !== 'LOG')),
    warnings: [
      ...(files === undefined ? [unknown(`the files of ${database.name}`, grants.seeFiles(rights.login))] : []),
      ...(users === undefined && !isUnreadable
        ? [unknown(`the users of ${database.name}`, grants.seeUsers(database.name, rights.login))]
        : []),
      ...(lastLogBackupAt === undefined ? [unknown('the backup history in msdb', grants.readHistory(rights.login))] : []),
    ],
  };
}

/** No database is without files: an empty answer is a right that is missing. */
async function readFiles(session: SqlSession, { id }: Database): Promise<RecordedDatabase['files']> {
  const rows = (await queryIfAllowed(session, listFiles, { databaseId: id })) ?? [];
  if (rows.length === 0) return undefined;
  return rows.map((row) => ({
    logicalName: textOf(row['logicalName']),
    physicalName: textOf(row['physicalName']),
    type: textOf(row['type']),
    size: Number(row['size']),
  }));
}

/** Without the right the server shows some users and hides the others, so that part of them would pass for all. */
async function readUsers(session: SqlSession, { database, rights }: FactsQuestion): Promise<RecordedDatabase['users']> {
  if (!rights.seesUsers) return undefined;
  const [counted] = (await queryIfAllowed(session, countUsers(database.name))) ?? [];
  const rows = await queryIfAllowed(session, listUsers(database.name));
  if (counted === undefined || rows === undefined) return undefined;
  const first = rows.map((row) => ({ name: textOf(row['name']), authentication: textOf(row['authentication']) }));
  return { count: Number(counted['users']), first };
}

async function readLastLogBackup(session: SqlSession, { database, utcOffsetMinutes }: FactsQuestion) {
  const rows = await queryIfAllowed(session, findLastLogBackup, { database: database.name });
  if (rows === undefined) return undefined;
  const finishedAt = rows[0]?.['finishedAt'] ?? null;
  return finishedAt === null ? null : toUtc(finishedAt, utcOffsetMinutes);
}

function sizeOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalStaging } from '../../src/adapters/local-staging/create-local-staging';
import { createMssqlServer } from '../../src/adapters/mssql/create-mssql-server';
import { createSystemClock } from '../../src/adapters/system-clock';
import { quoteName, quoteText } from '../../src/databases/statements';
import type { SqlServer, SqlSession } from '../../src/ports/sql-server';
import { createSandbox } from '../sandbox/sql-server/support';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { silentLog } from '../support/silent-log';
import { parseSqlTestUrl, type TestServer } from './sql-test-url';
import { createBench, type BenchParts } from './support';

/** A SQL Server with databases for one suite: a real one where SQL_TEST_URL tells of it, or else the double. */
export interface ServerUnderTest {
  readonly address: string;
  /** Where the server writes backups, as the test sees it. */
  readonly local: string;
  readonly parts: BenchParts;
  /** The same server, for another login. */
  as(user: string, password: string): SqlServer;
  /** The databases go, and every file whose name has the tag. */
  close(): Promise<void>;
}

const { SQL_TEST_URL: url = '' } = process.env;

export const isReal = url !== '';

/** In the name of everything one suite leaves on a server, should it die. */
export const tag = `hubkeep_test_${randomBytes(4).toString('hex')}`;

export function openServerUnderTest(databases: readonly string[]): Promise<ServerUnderTest> {
  return isReal ? openReal(parseSqlTestUrl(url), databases) : openDouble(databases);
}

async function openDouble(databases: readonly string[]): Promise<ServerUnderTest> {
  const sandbox = createSandbox();
  const bench = await createBench(sandbox, { databases: databases.map((name) => ({ name, size: 3 * 1024 * 1024 })) });
  return {
    address: bench.address,
    local: bench.staging,
    parts: bench.parts,
    as: (user, password) => createMssqlServer({ ...{ user, password }, encrypt: false, trustServerCertificate: false }),
    close: () => sandbox.end(),
  };
}

async function openReal(server: TestServer, databases: readonly string[]): Promise<ServerUnderTest> {
  const { address, user, password, directory, local, trustServerCertificate } = server;
  const as: ServerUnderTest['as'] = (name, secret) =>
    createMssqlServer({ ...{ user: name, password: secret }, encrypt: true, trustServerCertificate });
  const sql = as(user, password);
  const created: string[] = [];
  const close = async () => {
    const session = await sql.connect(address);
    const failures: unknown[] = [];
    for (const database of created) await drop(session, database).catch((error: unknown) => failures.push(error));
    await session.close();
    for (const name of readdirSync(local)) if (name.includes(tag)) rmSync(join(local, name), { force: true });
    if (failures.length > 0) throw new AggregateError(failures, `Databases of ${tag} are left behind on ${address}`);
  };
  const session = await sql.connect(address);
  try {
    for (const [i, database] of databases.entries()) {
      // Its files are called by its first name: not every name of a database is one of a file too.
      const first = `${tag}_${i}`;
      await session.execute(`CREATE DATABASE ${quoteName(first)}`);
      created.push(first);
      await session.execute(`ALTER DATABASE ${quoteName(first)} MODIFY NAME = ${quoteName(database)}`);
      created[i] = database;
    }
  } catch (error) {
    await close();
    throw error;
  } finally {
    await session.close();
  }
  const parts: ServerUnderTest['parts'] = {
    ...{ sql, staging: createLocalStaging(() => local), store: createMemoryBlobStore() },
    ...{ clock: createSystemClock(), log: silentLog, backupDirectory: directory },
  };
  return { address, local, parts, as, close };
}

/** Whoever still uses it is sent away; its name goes from the history too. */
async function drop(session: SqlSession, database: string): Promise<void> {
  await session.execute(`ALTER DATABASE ${quoteName(database)} SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
  await session.execute(`DROP DATABASE ${quoteName(database)}`);
  await session.execute(`EXEC msdb.dbo.sp_delete_database_backuphistory @database_name = ${quoteText(database)}`);
}

import { sqlError, SqlError } from '../tsql/sql-error';
import type { CheckDatabase } from '../tsql/statements';
import { refusalOf } from './database-access';
import type { Database } from './databases';
import { databaseRolesOf, isSysadmin } from './permissions';
import { createProgress } from './progress';
import type { RunContext } from './run-backup';
import { localNow, type RunningRequest } from './server-state';
import { dropWork } from './strike';

const object = 'Object ID 245575913, index ID 1, partition ID 72057594043432960, alloc unit ID 72057594044153856';

/** What is found in a database, by the way it is damaged. */
const findings: Readonly<Record<NonNullable<Database['corruption']>, readonly [number, string][]>> = {
  page: [
    [8939, `Table error: ${object} (type In-row data), page (1:9). Test (IS_OFF (BUF_IOERR, pBUF->bstat)) failed.`],
    [8928, `${object} (type In-row data): Page (1:9) could not be processed. See other errors for details.`],
  ],
  logical: [[2570, `Page (1:9), slot 3 in ${object}. Column "Name" value is out of range for data type "nvarchar".`]],
};

/** DBCC CHECKDB: tells what is wrong as errors, and what it counted unless told NO_INFOMSGS. */
export async function checkDatabase(check: CheckDatabase, context: RunContext): Promise<void> {
  const { server, session, reply } = context;
  const name = check.database ?? session.database;
  const database = server.databases.find(name);
  if (database === undefined)
    throw sqlError(
      2520,
      `Could not find database '${name}'. The database either does not exist, or was dropped before a statement tried to use it.`,
    );
  const refusal = refusalOf(database, context);
  if (refusal !== undefined) throw refusal;
  if (!isSysadmin(session.login) && !databaseRolesOf(session.login, database).includes('db_owner')) {
    const text = `User '${session.login.name}' does not have permission to run DBCC CHECKDB for database '${database.name}'.`;
    throw sqlError(7983, text, { class: 14 });
  }
  await readPages(database, context);
  const found = database.corruption === undefined ? [] : findings[database.corruption];
  const info = (number: number, text: string) => reply.message({ number, class: 10, state: 1, text });
  const summary = `CHECKDB found 0 allocation errors and ${found.length} consistency errors in database '${database.name}'.`;
  if (found.length > 0) {
    const messages = found.map(([number, text]) => ({ number, class: 16, state: 1, text }));
    throw new SqlError([...messages, { number: 8990, class: 10, state: 1, text: summary }]);
  }
  if (check.options.has('NO_INFOMSGS')) return;
  info(8990, summary);
  info(2528, 'DBCC execution completed. If DBCC printed error messages, contact your system administrator.');
}

async function readPages(database: Database, context: RunContext): Promise<void> {
  const { server, session } = context;
  const running: RunningRequest = {
    sessionId: session.id,
    databaseId: database.id,
    command: 'DBCC TABLE CHECK',
    startedAt: localNow(server),
    percent: 0,
    drop: () => dropWork(context),
  };
  const onDone = createProgress(Infinity, { ...context, running });
  server.running.add(running);
  try {
    for (let step = 1; step <= 20; step++) await onDone(step, 20);
  } finally {
    server.running.delete(running);
  }
}

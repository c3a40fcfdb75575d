import type { Value } from '../tds/columns';
import type { RpcRequest } from '../tds/rpc';
import { parseBatch } from '../tsql/parse-batch';
import { SqlError, sqlError } from '../tsql/sql-error';
import type { Execute, Statement } from '../tsql/statements';
import { checkDatabase } from './check-database';
import { refusalOf } from './database-access';
import { dropDatabase } from './drop-database';
import { evaluate, type Scope } from './evaluate';
import { restoreDatabase } from './restore-database';
import { runBackup, type RunContext } from './run-backup';
import { runCredential } from './run-credential';
import { runKill } from './run-kill';
import { runProcedure } from './run-procedure';
import { runRestore } from './run-restore';
import { runSelect } from './run-select';
import { strike } from './strike';

/** Runs a batch; the first error ends it and is reported like any other message. */
export async function runBatch(request: RpcRequest, context: RunContext): Promise<void> {
  try {
    await strike(context);
    const variables = new Map<string, Value>([...request.parameters].map(([name, value]) => [`@${name}`, value]));
    for (const statement of parseBatch(request.statement)) await runStatement(statement, variables, context);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    for (const message of error.messages) context.reply.message(message);
  }
}

async function runStatement(statement: Statement, variables: Map<string, Value>, context: RunContext): Promise<void> {
  const scope: Scope = { server: context.server, session: context.session, variables, columns: [] };
  switch (statement.kind) {
    case 'set option':
      return;
    case 'use':
      return changeDatabase(statement.database, context);
    case 'declare':
      variables.set(statement.name, statement.value === undefined ? null : evaluate(statement.value, scope, []));
      return;
    case 'assign':
      variables.set(statement.name, evaluate(statement.value, scope, []));
      return;
    case 'select': {
      const { columns, rows } = runSelect(statement, scope);
      return context.reply.rows(columns, rows);
    }
    case 'execute':
      return execute(statement, { variables, scope, context });
    case 'credential':
      return runCredential(statement, context);
    case 'kill':
      return runKill(statement, context);
    case 'backup':
      return runBackup(statement, context);
    case 'restore database':
      return restoreDatabase(statement, context);
    case 'drop database':
      return dropDatabase(statement, context);
    case 'check database':
      return checkDatabase(statement, context);
    case 'restore':
      return runRestore(statement, context);
  }
}

async function execute(
  statement: Execute,
  at: { variables: Map<string, Value>; scope: Scope; context: RunContext },
): Promise<void> {
  const values = new Map([...statement.arguments].map(([name, expression]) => [name, evaluate(expression, at.scope, [])]));
  const result = await runProcedure(statement.procedure, values, at.context);
  if (statement.result !== undefined) at.variables.set(statement.result, result);
}

function changeDatabase(name: string, { server, session, reply }: RunContext): void {
  const database = server.databases.find(name);
  if (database === undefined)
    throw sqlError(911, `Database '${name}' does not exist. Make sure that the name is entered correctly.`);
  const refusal = refusalOf(database, { server, session });
  if (refusal !== undefined) throw refusal;
  reply.databaseChanged(database.name, session.database);
  reply.message({ number: 5701, class: 10, state: 1, text: `Changed database context to '${database.name}'.` });
  session.database = database.name;
}

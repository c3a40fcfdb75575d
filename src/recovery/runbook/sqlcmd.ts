import type { RunbookItem, RunbookStep, Text } from '../../contracts/runbook';
import { powershell, sqlcmdServer } from './quote';
import { commandsOn } from './text';
import type { KeptDatabase, RunbookInput } from './tools';

const onSqlServer = commandsOn('sql-server', 'powershell', ['sqlcmd']);
const tsql = commandsOn('sql-server', 'tsql');

export interface SqlStep {
  readonly title: Text;
  readonly id: string;
  readonly statement: string;
  /** The database it is about, or one of the server it is about. */
  readonly backup: KeptDatabase | undefined;
  /** Where it is another one than that database goes to. */
  readonly server?: string;
}

/** Statements with the command that runs them. */
export function sqlcmdItems(input: RunbookInput, { id, statement, backup, server }: Omit<SqlStep, 'title'>): RunbookItem[] {
  const file = `${id}.sql`;
  return [
    { ...tsql(id, statement), saveAs: file },
    onSqlServer(
      `run-${id}`,
      `sqlcmd -b -x -f 65001 -S ${powershell(server ?? targetServer(input, backup))} -U $sqlAdmin -i ${file}`,
      `if ($LASTEXITCODE -ne 0) { throw '${file} failed' }`,
    ),
  ];
}

export function sqlcmdStep(input: RunbookInput, step: SqlStep, after: readonly RunbookItem[] = []): RunbookStep {
  return { title: step.title, items: [...sqlcmdItems(input, step), ...after] };
}

/** The server given, or where the database came from; of an availability group that is its primary, whatever replica was backed up. */
export function targetServer({ targets }: Pick<RunbookInput, 'targets'>, backup: KeptDatabase | undefined): string {
  if (targets.sqlServer !== undefined) return sqlcmdServer(targets.sqlServer);
  if (backup === undefined) return '<SQL Server>';
  return backup.group === undefined ? sqlcmdServer(backup.server) : `<primary replica of ${backup.group}>`;
}

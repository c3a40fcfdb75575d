import type { RunbookItem, RunbookStep, Text } from '../../contracts/runbook';
import { powershell, sqlcmdServer } from './quote';
import { sourceServers } from './facts';
import { commandsOn } from './text';
import type { RunbookInput } from './tools';

const onSqlServer = commandsOn('sql-server', 'powershell', ['sqlcmd']);
const tsql = commandsOn('sql-server', 'tsql');

export interface SqlStep {
  readonly title: Text;
  readonly id: string;
  readonly statement: string;
  /** Where it is not the server that the databases go to. */
  readonly server?: string;
}

/** Statements with the command that runs them. */
export function sqlcmdItems(input: RunbookInput, { id, statement, server }: Omit<SqlStep, 'title'>): RunbookItem[] {
  const file = `${id}.sql`;
  return [
    { ...tsql(id, statement), saveAs: file },
    onSqlServer(
      `run-${id}`,
      `sqlcmd -b -x -f 65001 -S ${powershell(server ?? targetServer(input))} -U $sqlAdmin -i ${file}`,
      `if ($LASTEXITCODE -ne 0) { throw '${file} failed' }`,
    ),
  ];
}

export function sqlcmdStep(input: RunbookInput, step: SqlStep, after: readonly RunbookItem[] = []): RunbookStep {
  return { title: step.title, items: [...sqlcmdItems(input, step), ...after] };
}

/** The server given, or where it came from; of an availability group that is its primary, whatever replica was backed up. */
export function targetServer({ point, targets }: RunbookInput): string {
  if (targets.sqlServer !== undefined) return sqlcmdServer(targets.sqlServer);
  const servers = sourceServers(point);
  const group = servers.find((backup) => backup.group !== undefined)?.group;
  if (group !== undefined) return `<primary replica of ${group}>`;
  const [first] = servers;
  return servers.length === 1 && first !== undefined ? sqlcmdServer(first.server) : '<SQL Server>';
}

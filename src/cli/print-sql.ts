import type { Command } from 'commander';
import { everyGrant, everyStatementByHand } from '../databases/by-hand/every-statement';
import { everyRestoreStatement, everyStatement } from '../databases/every-statement';
import type { ExplainedStatement } from '../databases/explained-statement';
import { declareParameter } from '../databases/statements';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import type { CommonOptions, Terminal } from './terminal';

/** Settings are not read: a DBA may look at this before there are any. */
const exampleLogin = 'hubkeep';

export function addPrintSqlCommand(program: Command, act: Act) {
  withCommonOptions(
    program.command('print-sql').description('print every T-SQL statement Hubkeep can send, for a DBA to review'),
  ).action((options: CommonOptions) => act(options, (terminal) => Promise.resolve(printSql(terminal))));
}

function printSql(terminal: Terminal): ExitCode {
  const [statements, restores] = [everyStatement(), everyRestoreStatement()];
  const [grants, byHand] = [everyGrant(exampleLogin), everyStatementByHand()];
  terminal.print(
    [
      '-- Every T-SQL statement Hubkeep can send to SQL Server, with example names and values.',
      ...statements.map(describe),
      '-- What it sends beside those to a server that databases are restored to, and to that of a drill.',
      ...restores.map(describe),
      `-- What the login ${exampleLogin} needs. Hubkeep never sends these.`,
      ...grants.map(describe),
      '-- What a runbook asks an operator to run when App Service is restored. Hubkeep never sends these.',
      ...byHand.map(describe),
    ].join('\n\n'),
  );
  terminal.printJson({ statements, restores, grants, byHand });
  return exitCodes.done;
}

/** The parameters are declared, so that what is printed runs as it stands. */
function describe({ name, purpose, statement, parameters }: ExplainedStatement): string {
  const declared = Object.entries(parameters).map(([parameter, value]) => declareParameter(parameter, value));
  const end = statement.endsWith(';') ? '' : ';';
  return [`-- ${name}: ${purpose}`, ...declared, statement + end, 'GO'].join('\n');
}

import type { RestorePlan } from '../databases/restore-parts';
import { formatBytes, formatDuration, table } from './format';
import type { Missing } from './restore-missing';
import type { ServerRestoreResult } from './restore-to-server';
import type { NotRestored } from './select-databases';
import type { Terminal } from './terminal';

interface LeftOut {
  readonly notRestored: readonly NotRestored[];
  readonly missing: readonly Missing[];
}

export function showPlan(terminal: Terminal, { plan, ...left }: LeftOut & { readonly plan: RestorePlan }) {
  const rows = plan.items.map(({ backup, target, bytes, road, replaces }) => [
    'database',
    backup.database,
    `as ${target}`,
    formatBytes(bytes),
    road === 'url' ? 'read from storage' : 'through the staging directory',
    replaces === undefined ? 'new' : `replaces the one that is ${replaces.state}`,
  ]);
  terminal.print(table(rows));
  for (const warning of plan.items.flatMap(({ warnings }) => warnings)) terminal.print(`warning  ${warning}`);
  showLeftOut(terminal, left);
  terminal.print(
    `nothing was changed: without --dry-run these would be restored onto ${plan.server} (SQL Server ${plan.serverVersion})`,
  );
}

export interface ServerRestoreSummary extends LeftOut {
  readonly server: string;
  readonly results: readonly ServerRestoreResult[];
}

/** Each database with its outcome, and what is left to do by hand. */
export function showServerRestore(terminal: Terminal, { server, results, ...left }: ServerRestoreSummary) {
  const restored = results.flatMap((result) => (result.status === 'restored' ? [result] : []));
  if (restored.length > 0) {
    terminal.print(
      table(
        restored.map(({ database, target, bytes, seconds }) => [
          'restored',
          database,
          `as ${target}`,
          formatBytes(bytes),
          formatDuration((seconds.copying + seconds.verifying + seconds.restoring) * 1000),
        ]),
      ),
    );
  }
  for (const result of results) {
    if (result.status !== 'failed') continue;
    const { message, hint } = result.problem;
    terminal.print(`failed  ${result.target}: ${message}`);
    if (hint !== undefined) terminal.print(`  hint: ${hint}`);
  }
  showLeftOut(terminal, left);
  for (const line of restored.flatMap(({ toDo }) => toDo)) terminal.print(`still to do  ${line}`);
  terminal.print(`${restored.length} of ${results.length} databases restored onto ${server}`);
}

function showLeftOut(terminal: Terminal, { notRestored, missing }: LeftOut) {
  for (const { database, server, reason } of notRestored) terminal.print(`not restored: ${database} of ${server}: ${reason}`);
  for (const { component, subject, reason } of missing) {
    terminal.print(`missing  ${component}${subject === undefined ? '' : `, ${subject}`}: ${reason}`);
  }
}

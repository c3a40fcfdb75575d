import type { RecoveryPoint } from '../contracts/recovery-point';
import { formatBytes, formatCount, formatDuration, plural, table } from './format';
import type { Missing } from './restore-missing';
import type { RestoredParts } from './restore-parts';
import type { Terminal } from './terminal';

export interface RestoredSummary {
  readonly point: RecoveryPoint;
  readonly restored: RestoredParts;
  readonly missing: readonly Missing[];
  readonly ms: number;
}

/** The closing words of a restore: what, how much, where; and what is not there. */
export function showRestored(terminal: Terminal, { point, restored, missing, ms }: RestoredSummary) {
  terminal.print(table(rowsOf(restored)));
  for (const { component, subject, reason } of missing) {
    terminal.print(`missing  ${component}${subject === undefined ? '' : `, ${subject}`}: ${reason}`);
  }
  const left = restored.fileshare === undefined ? undefined : leftOut(point);
  if (left !== undefined) terminal.print(left);
  terminal.print(`restored from ${point.id}, taken ${point.startedAt} (${formatDuration(ms)})`);
}

/** What the run that made the point was told not to take. */
export function leftOut({ fileshare }: RecoveryPoint): string | undefined {
  if (fileshare?.status !== 'succeeded' || fileshare.excludes.length === 0) return undefined;
  const globs = fileshare.excludes.join(', ');
  return `left out when it was made: what FILE_SHARE_EXCLUDE named (${globs}), ${formatCount(fileshare.counts.excluded)} in all`;
}

function rowsOf({ fileshare, databases = [], secrets }: RestoredParts): string[][] {
  const rows = databases.flatMap(({ server, database, files }) =>
    files.map(({ path, size }) => ['database', `${database} on ${server}`, formatBytes(size), path]),
  );
  if (secrets !== undefined) rows.unshift(['secrets', `version ${secrets.version}`, '', secrets.file]);
  if (fileshare !== undefined) {
    const { files, directories, symlinks, bytes, directory } = fileshare;
    const what = [plural(files, 'file'), plural(directories, 'folder'), ...(symlinks > 0 ? [plural(symlinks, 'link')] : [])].join(
      ', ',
    );
    rows.push(['fileshare', what, formatBytes(bytes), directory]);
  }
  return rows;
}

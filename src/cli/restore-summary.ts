import type { RecoveryPoint } from '../contracts/recovery-point';
import { shownPath } from '../contracts/share-path';
import type { RestoredShare } from '../recovery/restore-share';
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
export function showRestored(terminal: Terminal, summary: RestoredSummary) {
  showParts(terminal, summary);
  const { point, ms } = summary;
  terminal.print(`restored from ${point.id}, taken ${point.startedAt} (${formatDuration(ms)})`);
}

/** What a restore would do, in the words of one that was done. */
export function showPreview(terminal: Terminal, summary: RestoredSummary) {
  showParts(terminal, summary);
  terminal.print(
    `nothing was written: without --dry-run this would come from ${summary.point.id}, taken ${summary.point.startedAt}`,
  );
}

function showParts(terminal: Terminal, { point, restored, missing }: RestoredSummary) {
  terminal.print(table(rowsOf(restored)));
  if (restored.fileshare !== undefined) showFiles(terminal, restored.fileshare);
  for (const { component, subject, reason } of missing) {
    terminal.print(`missing  ${component}${subject === undefined ? '' : `, ${subject}`}: ${reason}`);
  }
  const left = restored.fileshare === undefined ? undefined : leftOut(point);
  if (left !== undefined) terminal.print(left);
}

/** Names a reader can take in; `--json` has more. */
const shownNames = 100;

/** What was there already, what could not be restored, and what was asked for in vain. */
function showFiles(terminal: Terminal, { merged, notFound = [] }: RestoredShare) {
  if (merged !== undefined) {
    const { kept, notRestored } = merged;
    const rows = (['created', 'replaced', 'equal', 'kept'] as const).flatMap((kind) =>
      merged[kind].files === 0
        ? []
        : [['', `${words[kind]}: ${plural(merged[kind].files, 'file')}`, formatBytes(merged[kind].bytes)]],
    );
    if (rows.length > 0) terminal.print(table(rows));
    for (const path of kept.paths ?? []) terminal.print(`kept, differs  ${shownPath(path)}`);
    sayMore(terminal, kept.files - (kept.paths?.length ?? 0));
    for (const { path, why } of notRestored.entries) terminal.print(`not restored  ${shownPath(path)}: ${why}`);
    sayMore(terminal, notRestored.count - notRestored.entries.length);
  }
  for (const path of notFound.slice(0, shownNames))
    terminal.print(`not in the recovery point  ${path === '' ? '.' : shownPath(path)}`);
  sayMore(terminal, notFound.length - shownNames);
}

const words = { created: 'new', replaced: 'replaced', equal: 'equal already', kept: 'kept, differs' };

function sayMore(terminal: Terminal, more: number) {
  if (more > 0) terminal.print(`and ${formatCount(more)} more`);
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

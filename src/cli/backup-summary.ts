import type { DatabasesRecord, FileShareRecord, RecoveryPoint } from '../contracts/recovery-point';
import type { DatabaseBackup } from '../contracts/database-backup';
import type { RunSummary } from '../contracts/run';
import { failedFile } from './failed-file';
import { formatBytes, formatCount, formatInstant, formatSpan, plural, table } from './format';
import type { Terminal } from './terminal';

export interface SummaryOptions {
  readonly summary: RunSummary;
  readonly point: RecoveryPoint | undefined;
  /** Where points are kept. */
  readonly store: string;
}

/** The closing words of a backup: what, how much, how long, where; and all that did not go well. */
export function showSummary(terminal: Terminal, { summary, point, store }: SummaryOptions) {
  const { runId, problems, warnings } = summary;
  if (point !== undefined) terminal.print(`${table(rowsOf(point))}\n`);
  for (const { component, subject, message, hint } of problems) {
    const what = [component, subject].filter((part) => part !== undefined).join(', ');
    terminal.print(`failed  ${what === '' ? '' : `${what}: `}${message}`);
    if (hint !== undefined) terminal.print(`        hint: ${hint}`);
  }
  const failedFiles = point?.fileshare?.status === 'succeeded' ? point.fileshare.failed.first : [];
  for (const file of failedFiles.slice(0, filesShown)) {
    terminal.print(`file    ${failedFile(file)}${file.keptEarlier ? ' (kept as it was at the last backup)' : ''}`);
  }
  if (failedFiles.length > filesShown) terminal.print(`file    … hubkeep show ${runId} lists more`);
  for (const { message, hint } of warnings) {
    terminal.print(`warning ${message}`);
    if (hint !== undefined) terminal.print(`        hint: ${hint}`);
  }
  terminal.print(closingLine({ summary, point, store }));
}

function closingLine({ summary: { runId, status, startedAt, endedAt }, point, store }: SummaryOptions): string {
  const took = formatSpan(startedAt, endedAt ?? startedAt);
  if (point !== undefined) {
    return `${status}: recovery point ${point.id}, number ${formatCount(point.sequence)}, in ${store} (${took})`;
  }
  if (status === 'cancelled') {
    return `cancelled: run ${runId} was stopped and made no recovery point; earlier points are as they were (${took})`;
  }
  return `${status}: run ${runId} made no recovery point (${took})`;
}

const filesShown = 20;

/** One row per thing a point holds: component, what, size, time, where. */
export function rowsOf({ databases, fileshare, secrets }: RecoveryPoint): string[][] {
  const rows: string[][] = [];
  if (databases !== undefined) rows.push(...databaseRows(databases));
  if (fileshare !== undefined) {
    rows.push(fileshare.status === 'succeeded' ? shareRow(fileshare) : ['fileshare', 'FAILED', '', '', '']);
  }
  if (secrets?.status === 'succeeded') {
    const captured = `captured ${formatInstant(secrets.capturedAt)} UTC`;
    const version = `${secrets.stored ? 'new version' : 'version'} ${secrets.version}`;
    rows.push(['secrets', `${secrets.name}, ${version}, ${captured}`, formatBytes(secrets.size), '', secrets.vault]);
  } else if (secrets !== undefined) rows.push(['secrets', 'FAILED', '', '', '']);
  return rows;
}

function databaseRows({ items }: DatabasesRecord): string[][] {
  return items.map((item) => {
    const what = `${item.database} on ${item.server}`;
    if (item.status === 'failed') return ['database', `${what} FAILED`, '', '', ''];
    const { files, proof } = item;
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return ['database', what, formatBytes(size), formatSpan(proof.startedAt, proof.finishedAt), placeOf(files)];
  });
}

function shareRow({ counts, startedAt, finishedAt, packs, source }: FileShareRecord): string[] {
  const changes = [
    `${formatCount(counts.added)} new`,
    `${formatCount(counts.changed)} changed`,
    `${formatCount(counts.removed)} removed`,
    ...(counts.excluded > 0 ? [`${formatCount(counts.excluded)} excluded`] : []),
    ...(counts.failed > 0 ? [`${formatCount(counts.failed)} FAILED`] : []),
  ];
  const what = `${plural(counts.files, 'file')} of ${source} (${changes.join(', ')})`;
  const size = `${formatBytes(counts.bytes)}, ${formatBytes(counts.bytesStored)} stored`;
  return ['fileshare', what, size, formatSpan(startedAt, finishedAt), packs.key];
}

/** Of the first file; names the container where it is not the repository's own. */
function placeOf([first, ...more]: DatabaseBackup['files']): string {
  if (first === undefined) return '';
  const place = first.container === undefined ? first.key : `${first.container}/${first.key}`;
  return more.length === 0 ? place : `${place} and ${plural(more.length, 'more stripe')}`;
}

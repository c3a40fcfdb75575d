import { components } from '../../contracts/components';
import type { Problem } from '../../contracts/outcome';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { RunbookNotice, Text } from '../../contracts/runbook';
import { countInWords, durationInWords, plural } from '../../contracts/words';
import { instant, list, say } from './text';
import { survivalNotices } from './survival';
import { keptDatabases, type RunbookInput } from './tools';

/** Rows in the databases may be newer than the content they point to by this much without a word about it. */
const harmlessSkewSeconds = 30 * 60;

/** Handed over with the point itself, as good as. */
const freshMs = 24 * 60 * 60_000;

/** What a reader has to know before the first step, the worst first. */
export function noticesOf({ point, place, marks }: RunbookInput): RunbookNotice[] {
  const vault = point.secrets?.status === 'succeeded' ? point.secrets.vault : place.vault;
  const survival = survivalNotices({ ...place, vault });
  // What the run warned of where its stamp was known is said once, and not forgotten where it is not.
  const warnings = point.warnings.filter(({ code }) => !survival.some((told) => told.code === code));
  return [
    ...markNotices(marks ?? []),
    ...missingNotices(point),
    ...secretsNotices(point),
    ...databaseNotices(point),
    ...shareNotices(point),
    ...skewNotices(point),
    ...survival,
    ...warnings.map(({ code, message, hint }) => notice(code, say`${message}${hint === undefined ? [] : say` ${hint}`}`)),
  ];
}

function notice(code: string, text: Text): RunbookNotice {
  return { code, text };
}

function markNotices(marks: NonNullable<RunbookInput['marks']>): RunbookNotice[] {
  return marks.flatMap(({ kind, at, reason }) => {
    const why = reason === undefined ? [] : say`: ${reason}`;
    if (kind === 'suspect')
      return [notice('marked-suspect', say`This point was marked suspect at ${[instant(at)]}${why}. Prefer another one.`)];
    if (kind === 'hold')
      return [notice('marked-hold', say`This point is held since ${[instant(at)]}${why}. Do not delete it, nor any older one.`)];
    return [];
  });
}

function missingNotices(point: RecoveryPoint): RunbookNotice[] {
  const absent = components.filter((component) => point[component] === undefined);
  const advice = say`Find another point for that (${'hubkeep list'}); App Service needs all three.`;
  return [
    ...(absent.length === 0
      ? []
      : [notice('component-missing', say`This point was made without ${[absent.join(' and ')]}. ${advice}`)]),
    ...(point.databases?.items ?? []).flatMap((item) =>
      item.status === 'failed'
        ? [failure('database-missing', say`${item.database} on ${item.server} is not in this point`, item.problem)]
        : [],
    ),
    ...(point.fileshare?.status === 'failed'
      ? [failure('fileshare-missing', say`The file share is not in this point`, point.fileshare.problem)]
      : []),
    ...(point.secrets?.status === 'failed'
      ? [
          failure(
            'secrets-missing',
            say`SystemSecrets.JSON is not in this point, and without it App Service cannot be restored`,
            point.secrets.problem,
          ),
        ]
      : []),
  ];
}

function failure(code: string, what: Text, { message }: Problem): RunbookNotice {
  return notice(code, say`${what}: ${message}`);
}

function secretsNotices({ secrets, startedAt }: RecoveryPoint): RunbookNotice[] {
  if (secrets?.status !== 'succeeded') return [];
  const { problem, capturedAt, confirmedAt = capturedAt } = secrets;
  const ageMs = Date.parse(startedAt) - Date.parse(confirmedAt);
  return [
    ...(problem === undefined ? [] : [failure(problem.code, say`SystemSecrets.JSON may not be enough`, problem)]),
    ...(ageMs < freshMs
      ? []
      : [
          notice(
            'secrets-age',
            say`SystemSecrets.JSON was ${[durationInWords(ageMs)]} old when this point was made. If secrets were rotated in that time, it is not the right one: it has to be from after the last rotation.`,
          ),
        ]),
  ];
}

function databaseNotices(point: RecoveryPoint): RunbookNotice[] {
  const kept = keptDatabases(point);
  const names = (wanted: typeof kept) => list(wanted.map(({ database, server }) => `${database} on ${server}`));
  const encrypted = kept.filter(({ databaseFacts }) => databaseFacts?.encrypted === true);
  const unverified = kept.filter(({ verifyOnly }) => !verifyOnly.passed);
  const doubtful = kept.filter(({ files }) =>
    files.some(({ inspection }) => ['truncated', 'damaged', 'not-a-backup'].includes(inspection?.status ?? '')),
  );
  return [
    ...(encrypted.length === 0
      ? []
      : [
          notice(
            'database-encrypted',
            say`Encrypted (TDE): ${names(encrypted)}. The certificate is not in the backup; a server without it cannot restore it.`,
          ),
        ]),
    ...(unverified.length === 0
      ? []
      : [notice('database-unverified', say`RESTORE VERIFYONLY did not pass: ${names(unverified)}.`)]),
    ...(doubtful.length === 0 ? [] : [notice('database-doubtful', say`The backup file is not whole: ${names(doubtful)}.`)]),
  ];
}

function shareNotices({ fileshare }: RecoveryPoint): RunbookNotice[] {
  if (fileshare?.status !== 'succeeded') return [];
  const { failed, stale, excluded } = fileshare.counts;
  const unread = say`${[countInWords(failed)]} ${[failed === 1 ? 'entry' : 'entries']} of the share could not be copied`;
  return [
    ...(failed === 0 ? [] : [notice('files-failed', say`${unread}; the section on the file share names them.`)]),
    ...(stale === 0
      ? []
      : [
          notice(
            'files-stale',
            say`${[plural(stale, 'entry').replace(/entrys$/, 'entries')]} of the share came from an earlier point, because the source could not be read.`,
          ),
        ]),
    ...(fileshare.excludes.length === 0
      ? []
      : [
          notice(
            'files-excluded',
            say`Left out on purpose: ${[countInWords(excluded)]} entries, by ${list(fileshare.excludes)}.`,
          ),
        ]),
  ];
}

function skewNotices({ skewSeconds }: RecoveryPoint): RunbookNotice[] {
  if (skewSeconds === null || skewSeconds <= harmlessSkewSeconds) return [];
  return [
    notice(
      'skew',
      say`Databases and share lie ${[durationInWords(skewSeconds * 1000)]} apart. Sites that were made, changed or deleted in that time may not fit together.`,
    ),
  ];
}

/**
 * What an error number of BACKUP or RESTORE means for the run.
 * `transient` may be gone on a new try, `failover` after finding the new primary, `configuration` needs the operator,
 * `corruption` says that the database or the file is damaged.
 */
export type SqlErrorClass = 'transient' | 'failover' | 'configuration' | 'corruption';

const classes: readonly [SqlErrorClass, readonly number[]][] = [
  [
    'transient',
    [
      233, 701, 802, 1205, 1222, 3023, 3065, 3101, 3224, 3229, 3230, 3271, 3290, 3292, 3293, 3295, 3298, 5245, 10053, 10054,
      10060,
    ],
  ],
  ['failover', [976, 978, 979, 983, 3059, 3062, 4060]],
  ['corruption', [823, 824, 825, 3043, 3049, 3053, 3183, 3186, 3189, 3241, 3242, 3256, 3266]],
];

const numberToClass = new Map(classes.flatMap(([name, numbers]) => numbers.map((number) => [number, name] as const)));

/** Numbers whose meaning lies in the Windows error their text quotes. */
const deviceErrors = new Set([3201, 3202, 3203]);
/** Sharing violation and what a network path answers on a bad day. */
const transientOsErrors = new Set([32, 53, 54, 59, 64, 121, 1231]);

/** Unknown numbers are `configuration`: trying again is only worth it where we know that it can help. */
export function classifySqlError(number: number, message: string): SqlErrorClass {
  if (deviceErrors.has(number)) return transientOsErrors.has(osErrorIn(message)) ? 'transient' : 'configuration';
  return numberToClass.get(number) ?? 'configuration';
}

/** The text is localised; the number before the last bracket is not (a path may have brackets of its own). */
export function osErrorIn(message: string): number {
  const numbers = [...message.matchAll(/(\d+)\(/g)].map(([, number]) => Number(number));
  return numbers.at(-1) ?? NaN;
}

const hints: readonly [number, string][] = [
  [
    262,
    'Give SQL_USER the db_backupoperator role in this database (and CREATE ANY DATABASE, which RESTORE VERIFYONLY asks for).',
  ],
  [911, 'Check SQL_DATABASES and that the server in SQL_SERVERS is the one that holds the database.'],
  [1844, 'This edition cannot compress backups.'],
  [3023, 'Another backup of the database is running; it is tried again.'],
  [3202, 'The disk of SQL_BACKUP_DIRECTORY may be full.'],
];

const deviceHints: readonly [number, string][] = [
  [2, 'SQL Server does not find the file in SQL_BACKUP_DIRECTORY.'],
  [3, 'SQL_BACKUP_DIRECTORY does not exist as SQL Server sees it; create it on the SQL Server host.'],
  [5, 'Give the SQL Server service account write permission on SQL_BACKUP_DIRECTORY.'],
  [112, 'The disk of SQL_BACKUP_DIRECTORY is full.'],
  [1326, 'The SQL Server service account cannot sign in to the share of SQL_BACKUP_DIRECTORY.'],
];

/** What the operator can do about it, where we know. */
export function hintFor(number: number, message: string): string | undefined {
  const table = deviceErrors.has(number) ? deviceHints : hints;
  const key = deviceErrors.has(number) ? osErrorIn(message) : number;
  return table.find(([known]) => known === key)?.[1];
}

import type { Fault } from './engine/faults';

const backup = { match: 'BACKUP DATABASE' };
const restoreAborted = { number: 3013, text: 'RESTORE DATABASE is terminating abnormally.' };
const aborted = { number: 3013, text: 'BACKUP DATABASE is terminating abnormally.' };
const file = "'D:\\Backup\\hubkeep.bak'";

/** An error of BACKUP as SQL Server sends it: the reason, then the wrapper. */
function refused(...reasons: readonly { readonly number: number; readonly text: string }[]): Fault {
  return { ...backup, errors: [...reasons, aborted] };
}

/** The same of RESTORE DATABASE; at a percent it leaves the database RESTORING. */
function restoreRefused(number: number, text: string, moment: Pick<Fault, 'atPercent'> = {}): Fault {
  return { match: /^\s*RESTORE DATABASE/, ...moment, errors: [{ number, text }, restoreAborted] };
}

/**
 * What goes wrong with backups and restores in real life, by name, to be given to `startSqlServer` or added to a running server's faults.
 * Numbers, their order and the way the Windows error is quoted are SQL Server's; the texts are shortened.
 */
export const scriptedFaults = {
  'drop before': { ...backup, drop: 'abort' },
  'drop during': { ...backup, atPercent: 40, drop: 'abort' },
  'drop during, and the server goes on': { ...backup, atPercent: 40, drop: 'continue' },
  'drop after': { ...backup, atPercent: 100, drop: 'continue' },
  'login refused': { match: 'SELECT 1', errors: [{ number: 18456, text: "Login failed for user 'sa'." }] },
  'database gone': refused({ number: 4060, text: 'Cannot open database requested by the login. The login failed.' }),
  'replica not readable': refused({
    number: 976,
    text: 'The target database is participating in an availability group and is currently not accessible.',
  }),
  deadlock: refused({ number: 1205, text: 'Transaction was deadlocked and has been chosen as the deadlock victim.' }),
  'another backup': refused({
    number: 3023,
    text: 'Backup, file manipulation operations and encryption changes must be serialized.',
  }),
  'device denied': refused({
    number: 3201,
    text: `Cannot open backup device ${file}. Operating system error 5(Access is denied.).`,
  }),
  'device unreachable': refused({
    number: 3201,
    text: `Cannot open backup device ${file}. Operating system error 53(The network path was not found.).`,
  }),
  'disk full': refused(
    { number: 3202, text: `Write on ${file} failed: 112(There is not enough space on the disk.)` },
    { number: 3271, text: `A nonrecoverable I/O error occurred on file ${file}: 995(The I/O operation has been aborted.).` },
  ),
  'aborted without a reason': refused({
    number: 3271,
    text: `A nonrecoverable I/O error occurred on file ${file}: 995(The I/O operation has been aborted.).`,
  }),
  'logged failure around a full disk': refused(
    { number: 3041, text: 'BACKUP failed to complete the command BACKUP DATABASE.' },
    { number: 3202, text: `Write on ${file} failed: 112(There is not enough space on the disk.)` },
  ),
  'checksum of a page wrong': refused({
    number: 3043,
    text: "BACKUP 'master' detected an error on page (1:77) in file 'master.mdf'.",
  }),
  'page damaged': refused({
    number: 824,
    text: 'SQL Server detected a logical consistency-based I/O error: incorrect checksum.',
  }),
  'medium aborted': refused({
    number: 18210,
    text: `BackupIoRequest::ReportIoError: write failure on backup device ${file}. Operating system error 64(The specified network name is no longer available.).`,
  }),
  'restore into a used database': restoreRefused(3101, 'Exclusive access could not be obtained because the database is in use.'),
  'restore without room': restoreRefused(3257, "There is insufficient free space on disk volume 'C:\\' to create the database."),
  'restore breaks off': restoreRefused(3203, `Read on ${file} failed: 64(The specified network name is no longer available.)`, {
    atPercent: 40,
  }),
} as const satisfies Record<string, Fault>;

export type ScriptedFault = keyof typeof scriptedFaults;

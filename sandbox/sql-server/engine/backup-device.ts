import { isAbsolute, join } from 'node:path';
import { BlockLimitReached } from '../backup/blob-media';
import { BlobRefusal } from '../backup/blob-request';
import type { ServerMessage } from '../tds/tokens';
import { SqlError } from '../tsql/sql-error';
import type { ServerState } from './server-state';

type OsError = readonly [number, string];

/** What a device was used for when it failed. */
export type DeviceStep = 'open to write' | 'open to read' | 'write' | 'read';

const pathNotFound: OsError = [3, 'The system cannot find the path specified.'];
const fileNotFound: OsError = [2, 'The system cannot find the file specified.'];
const accessDenied: OsError = [5, 'Access is denied.'];
const wrongSecret: OsError = [86, 'The specified network password is not correct.'];
const deviceFailure: OsError = [1117, 'The request could not be performed because of an I/O device error.'];
const networkNameGone: OsError = [64, 'The specified network name is no longer available.'];
export const notSupported: OsError = [50, 'The request is not supported.'];

const osErrors: Readonly<Record<string, OsError>> = {
  ENOENT: pathNotFound,
  ENOTDIR: pathNotFound,
  EACCES: accessDenied,
  EPERM: accessDenied,
  EROFS: accessDenied,
  EISDIR: accessDenied,
  ENOSPC: [112, 'There is not enough space on the disk.'],
};

/** The local file that a backup device stands for. */
export function localPath(server: Pick<ServerState, 'directory' | 'mounts'>, device: string): string {
  for (const [prefix, directory] of Object.entries(server.mounts)) {
    if (!device.toLowerCase().startsWith(prefix.toLowerCase())) continue;
    return join(directory, device.slice(prefix.length).replaceAll('\\', '/'));
  }
  return isAbsolute(device) ? device : join(server.directory, device);
}

/** What SQL Server says when a device fails: 3201 at its opening, 3202 or 3203 later, its own numbers for some blobs. */
export function deviceError(device: string, error: unknown, step: DeviceStep): ServerMessage {
  const fail = (number: number, text: string): ServerMessage => ({ number, class: 16, state: 1, text });
  if (error instanceof BlockLimitReached)
    return fail(3063, `Write to backup block blob device ${device} failed. Device has reached its limit of allowed blocks.`);
  const remark = error instanceof BlobRefusal ? nonrecoverable(device, error) : undefined;
  if (remark !== undefined) return fail(3271, `A nonrecoverable I/O error occurred on file "${device}:" ${remark}`);
  return osErrorMessage(device, osErrorOf(error, step), step);
}

export function osErrorMessage(device: string, [number, text]: OsError, step: DeviceStep): ServerMessage {
  const fail = (message: number, what: string): ServerMessage => ({ number: message, class: 16, state: 1, text: what });
  if (step === 'write') return fail(3202, `Write on "${device}" failed: ${number}(${text})`);
  if (step === 'read') return fail(3203, `Read on "${device}" failed: ${number}(${text})`);
  return fail(3201, `Cannot open backup device '${device}'. Operating system error ${number}(${text}).`);
}

export function wrapped(message: ServerMessage, statement: string): SqlError {
  return new SqlError([message, { number: 3013, class: 16, state: 1, text: `${statement} is terminating abnormally.` }]);
}

function nonrecoverable(device: string, refusal: BlobRefusal): string | undefined {
  if (refusal.code === 'BlobAlreadyExists')
    return `The file ${device} exists on the remote endpoint, and WITH FORMAT was not specified. Backup cannot proceed.`;
  if (refusal.status !== 412) return undefined;
  return (
    'Backup to URL received an exception from the remote endpoint. Exception Message: ' +
    `The remote server returned an error: (412) ${refusal.message}.`
  );
}

function osErrorOf(error: unknown, step: DeviceStep): OsError {
  if (error instanceof BlobRefusal) return osErrorOfRefusal(error, step);
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (step === 'open to read' && code === 'ENOENT') return fileNotFound;
  return osErrors[code] ?? deviceFailure;
}

function osErrorOfRefusal({ status, code }: BlobRefusal, step: DeviceStep): OsError {
  if (status === 0) return networkNameGone;
  if (status === 404) return step === 'open to read' ? fileNotFound : pathNotFound;
  if (status !== 403) return deviceFailure;
  return code === 'AuthenticationFailed' || code === '' ? wrongSecret : accessDenied;
}

import { isAbsolute, join } from 'node:path';
import type { ServerMessage } from '../tds/tokens';
import { SqlError } from '../tsql/sql-error';
import type { ServerState } from './server-state';

const osErrors: Readonly<Record<string, [number, string]>> = {
  ENOENT: [3, 'The system cannot find the path specified.'],
  ENOTDIR: [3, 'The system cannot find the path specified.'],
  EACCES: [5, 'Access is denied.'],
  EPERM: [5, 'Access is denied.'],
  EROFS: [5, 'Access is denied.'],
  EISDIR: [5, 'Access is denied.'],
  ENOSPC: [112, 'There is not enough space on the disk.'],
};

const fileNotFound: [number, string] = [2, 'The system cannot find the file specified.'];
const deviceFailure: [number, string] = [1117, 'The request could not be performed because of an I/O device error.'];

/** The local file that a backup device stands for. */
export function localPath(server: Pick<ServerState, 'directory' | 'mounts'>, device: string): string {
  for (const [prefix, directory] of Object.entries(server.mounts)) {
    if (!device.toLowerCase().startsWith(prefix.toLowerCase())) continue;
    return join(directory, device.slice(prefix.length).replaceAll('\\', '/'));
  }
  return isAbsolute(device) ? device : join(server.directory, device);
}

/** 3201 with the Windows error, then the wrapper that every failed BACKUP and RESTORE ends with. */
export function deviceError(device: string, error: unknown, statement: string): SqlError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const isRead = statement !== 'BACKUP DATABASE';
  const known = isRead && code === 'ENOENT' ? fileNotFound : (osErrors[code] ?? deviceFailure);
  const [osNumber, osText] = known;
  const text = `Cannot open backup device '${device}'. Operating system error ${osNumber}(${osText}).`;
  return wrapped({ number: 3201, class: 16, state: 1, text }, statement);
}

export function wrapped(message: ServerMessage, statement: string): SqlError {
  return new SqlError([message, { number: 3013, class: 16, state: 1, text: `${statement} is terminating abnormally.` }]);
}

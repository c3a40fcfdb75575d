import { openBlobReader, openBlobWriter } from '../backup/blob-media';
import type { BlobPlace } from '../backup/blob-request';
import { openDiskReader, openDiskWriter } from '../backup/disk-media';
import type { BackupReader, BackupWriter } from '../backup/media';
import { SqlError } from '../tsql/sql-error';
import type { Device } from '../tsql/statements';
import { deviceError, localPath, notSupported, osErrorMessage, wrapped, type DeviceStep } from './backup-device';
import { hasServerPermission } from './permissions';
import type { ServerState, Session } from './server-state';

export interface DeviceContext {
  readonly server: ServerState;
  readonly session: Session;
  /** What 3013 says has ended. */
  readonly statement: string;
}

export interface WriteOptions {
  readonly overwrite: boolean;
  readonly transferSize: number;
}

/** Opens every device or none. Errors of the writers are those of SQL Server, with 3013 behind them. */
export async function openWriters(
  devices: readonly Device[],
  options: WriteOptions,
  context: DeviceContext,
): Promise<BackupWriter[]> {
  const writers: BackupWriter[] = [];
  for (const device of devices) {
    try {
      writers.push(await translated({ device, step: 'open to write', context }, () => openWriter(device, options, context)));
    } catch (error) {
      for (const writer of writers) await writer.abandon();
      throw error;
    }
  }
  return writers.map((writer, index) => translatedWriter(devices[index] as Device, writer, context));
}

export async function openReaders(devices: readonly Device[], context: DeviceContext): Promise<BackupReader[]> {
  const readers: BackupReader[] = [];
  for (const device of devices) {
    try {
      readers.push(await translated({ device, step: 'open to read', context }, () => openReader(device, context)));
    } catch (error) {
      for (const reader of readers) await reader.close();
      throw error;
    }
  }
  return readers;
}

function openWriter(device: Device, options: WriteOptions, context: DeviceContext): Promise<BackupWriter> {
  const { server } = context;
  if (device.kind === 'disk') return openDiskWriter(localPath(server, device.name));
  return openBlobWriter({ ...placeOf(device, context), ...options, ...server.url });
}

function openReader(device: Device, context: DeviceContext): Promise<BackupReader> {
  if (device.kind === 'disk') return openDiskReader(localPath(context.server, device.name));
  return openBlobReader(placeOf(device, context));
}

function placeOf(device: Device, { server, session, statement }: DeviceContext): BlobPlace {
  const credential = server.credentials.ofUrl(device.name);
  const isSignature = credential?.identity.toUpperCase() === 'SHARED ACCESS SIGNATURE';
  if (credential === undefined || !isSignature)
    throw wrapped(osErrorMessage(device.name, notSupported, 'open to write'), statement);
  if (!hasServerPermission(session.login, 'ALTER ANY CREDENTIAL')) {
    const text = `Cannot find the credential '${credential.name}', because it does not exist or you do not have permission.`;
    throw wrapped({ number: 15151, class: 16, state: 1, text }, statement);
  }
  return { url: device.name, sas: credential.secret };
}

function translatedWriter(device: Device, writer: BackupWriter, context: DeviceContext): BackupWriter {
  return {
    write: (bytes) => translated({ device, step: 'write', context }, () => writer.write(bytes)),
    finish: () => translated({ device, step: 'write', context }, () => writer.finish()),
    abandon: () => writer.abandon(),
  };
}

interface Use {
  readonly device: Device;
  readonly step: DeviceStep;
  readonly context: DeviceContext;
}

async function translated<T>({ device, step, context }: Use, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SqlError ? error : wrapped(deviceError(device.name, error, step), context.statement);
  }
}

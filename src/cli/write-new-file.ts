import { randomBytes } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';

/** Throws `restore.target-not-empty` when something is there: nothing is ever overwritten. */
export async function refuseExisting(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    return;
  }
  throw new HubkeepError('restore.target-not-empty', `${path} exists already`, {
    hint: 'Name another place, or move it away: nothing that is there is ever overwritten.',
  });
}

export interface Modes {
  readonly file: number;
  /** Of directories that are made on the way. */
  readonly directory: number;
}

const usual: Modes = { file: 0o666, directory: 0o777 };

/** Writes a file that appears under its name only when it is whole. Missing directories are made. */
export async function writeNewFile(path: string, content: AsyncIterable<Uint8Array>, modes = usual): Promise<void> {
  await refuseExisting(path);
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: modes.directory });
    await writeDurably(part, content, modes.file);
    await refuseExisting(path);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw isHubkeepError(error) ? error : failedWrite(path, error);
  }
}

async function writeDurably(path: string, content: AsyncIterable<Uint8Array>, mode: number) {
  const file = await open(path, 'wx', mode);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

function failedWrite(path: string, cause: unknown): HubkeepError {
  const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new HubkeepError('restore.incomplete', `${path} could not be written${why}`, {
    hint: 'Check the free space and permissions of that directory.',
    cause,
  });
}

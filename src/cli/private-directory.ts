import { stat } from 'node:fs/promises';
import { HubkeepError } from '../errors/hubkeep-error';

const openToAll = 0o006;

/**
 * Throws `restore.unsafe-path` for a directory that everybody on this machine may look into or put files into. One that is missing is made for
 * its owner alone; Windows keeps its rights elsewhere.
 */
export async function refuseOpenDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || process.platform === 'win32' || (found.mode & openToAll) === 0) return;
  throw new HubkeepError('restore.unsafe-path', `everybody on this machine may look into ${directory}, or put files there`, {
    hint: `Secrets belong elsewhere: name a directory that is not there yet, chmod o-rwx ${directory}, or say --force.`,
  });
}

import { shownPath, type SharePath } from '../../contracts/share-path';
import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';

/** Something stands where the restore wants to write, and the restore did not put it there. */
export function notOurs(path: SharePath): HubkeepError {
  return new HubkeepError('restore.target-not-empty', `${shownPath(path)} is in the target already, and not from this restore`, {
    hint: 'Nothing that is there is ever overwritten unless --overwrite was given from the start: restore into an empty directory. Where names differ only in their letters’ case, restore to a file system that tells them apart.',
  });
}

export function attempt<T>(path: SharePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failedWrite(path, error);
  }
}

function failedWrite(path: SharePath, cause: unknown): HubkeepError {
  if (isHubkeepError(cause)) return cause;
  return new HubkeepError('restore.incomplete', `${shownPath(path)} could not be written`, {
    hint: 'Check the free space and permissions of the target and restore again: it goes on where it stopped.',
    cause,
  });
}

export function codeIs(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

import { HubkeepError } from './hubkeep-error';

/** Restores that are asked for over the network go below one directory, and nobody has named it. */
export function restoreNotConfigured(): HubkeepError {
  return new HubkeepError('restore.not-configured', 'RESTORE_DIRECTORY is not set, so nothing can be restored from here.', {
    hint: 'Set RESTORE_DIRECTORY to the directory that restores may write below, or use hubkeep restore.',
  });
}

import { HubkeepError } from './hubkeep-error';

/** The share as a whole stopped answering: what was not seen of it is not missing from it. */
export function goneShare(message: string, cause?: unknown): HubkeepError {
  return new HubkeepError('share.gone', message, {
    hint: 'Check the file server, and that FILE_SHARE_PATH is still mounted or FILE_SHARE_SMB_URL still reached; then run the backup again.',
    retryable: true,
    cause,
  });
}

import type { SharePath } from '../contracts/share-path';
import { codeOf } from '../errors/hubkeep-error';
import type { FileSource } from '../ports/file-source';

/**
 * The same source, which tells a share that went away from a directory that is broken. Both can look the same
 * (EIO, ESTALE): when the root does not answer either, the listing fails as the root does.
 */
export function createWatchedSource(source: FileSource): FileSource {
  async function judge(directory: SharePath, error: unknown): Promise<never> {
    if (directory === '' || codeOf(error) === 'share.unreadable') await source.check();
    throw error;
  }

  return {
    ...source,
    list(directory) {
      try {
        const listing = source.list(directory);
        return listing instanceof Promise ? listing.catch((error: unknown) => judge(directory, error)) : listing;
      } catch (error) {
        return judge(directory, error);
      }
    },
  };
}

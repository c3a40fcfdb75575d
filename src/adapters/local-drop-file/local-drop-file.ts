import { open } from 'node:fs/promises';
import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import type { Drop, DropFile } from '../../ports/drop-file';
import { wipeFile } from './wipe-file';

/** A file on a disk or share that this host reaches by path. */
export function createLocalDropFile(path: string): DropFile {
  return {
    location: path,
    async read(maxBytes) {
      try {
        const { content, modifiedAt } = await readAtMost(path, maxBytes);
        return { content, modifiedAt, wipe: () => wipeFile(path, content) };
      } catch (error) {
        if (isHubkeepError(error)) throw error;
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
        if (code === 'ENOENT') return undefined;
        throw new HubkeepError('secrets.unreadable', `SYSTEM_SECRETS_PATH ${path} cannot be read (${code}).`, {
          hint: 'Check that it is a file and that the account Hubkeep runs under may read it.',
        });
      }
    },
    async ensureWipeable() {
      // No file system tells whether it keeps earlier content.
    },
  };
}

async function readAtMost(path: string, maxBytes: number): Promise<Pick<Drop, 'content' | 'modifiedAt'>> {
  await using file = await open(path, 'r');
  const { size, mtime } = await file.stat();
  if (size > maxBytes) {
    throw new HubkeepError(
      'secrets.too-large',
      `SYSTEM_SECRETS_PATH ${path} holds ${size} bytes; at most ${maxBytes} can be kept.`,
      {
        hint: 'Check that it is the SystemSecrets.JSON downloaded from the admin portal and not another file.',
      },
    );
  }
  return { content: await file.readFile(), modifiedAt: mtime };
}

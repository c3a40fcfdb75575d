import { open, unlink, type FileHandle } from 'node:fs/promises';
import { HubkeepError } from '../../errors/hubkeep-error';

/**
 * Overwrites a file with zeros of its length, syncs and removes it, if it still holds this content. Throws
 * `secrets.not-wiped`.
 *
 * Only on a plain disk that writes in place do the zeros reach the blocks that held the content. Nothing is promised for
 * SSDs (wear levelling), for file systems that copy on write or journal their data, and for snapshots, shadow copies and
 * backups of the file. Whatever somebody writes into the file between the look at it and the zeros is lost.
 */
export async function wipeFile(path: string, content: Buffer): Promise<void> {
  try {
    const zeros = Buffer.alloc(content.length);
    if (await overwrite(path, content, zeros)) await removeIfHolding(path, zeros);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return;
    throw new HubkeepError('secrets.not-wiped', `SYSTEM_SECRETS_PATH ${path} cannot be wiped (${code}).`, {
      hint: 'Check that the account Hubkeep runs under may write the file and remove it from its directory, or wipe it by hand.',
      cause: error,
    });
  }
}

/** False when the file holds something else: a newer drop, which is for the next pick-up. */
async function overwrite(path: string, content: Buffer, zeros: Buffer): Promise<boolean> {
  await using file = await open(path, 'r+');
  if (!(await holds(file, content))) return false;
  for (let at = 0; at < zeros.length;) at += (await file.write(zeros, at, zeros.length - at, at)).bytesWritten;
  await file.sync();
  return true;
}

/** Looks again, as a newer drop may have taken the place of what was overwritten. */
async function removeIfHolding(path: string, content: Buffer): Promise<void> {
  {
    await using file = await open(path, 'r');
    if (!(await holds(file, content))) return;
  }
  await unlink(path);
}

/** By content, since not every share keeps times and inodes faithfully. */
async function holds(file: FileHandle, content: Buffer): Promise<boolean> {
  const { size } = await file.stat();
  return size === content.length && (await file.readFile()).equals(content);
}

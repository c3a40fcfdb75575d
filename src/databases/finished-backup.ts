import { type TakenBackup, takenBackupSchema } from '../contracts/database-backup';
import { HubkeepError, codeOf } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';

/** The result of this work when it was done before: an activity may run twice. */
export async function readFinishedBackup(store: BlobStore, key: string): Promise<TakenBackup | undefined> {
  let content: Buffer;
  try {
    ({ content } = await store.read(key));
  } catch (error) {
    if (codeOf(error) === 'store.not-found') return undefined;
    throw error;
  }
  const parsed = takenBackupSchema.safeParse(parseJson(content));
  if (!parsed.success)
    throw new HubkeepError('format.damaged', `${key} is not the result of a database backup`, { cause: parsed.error });
  return parsed.data;
}

/** Written once: when another attempt was faster, its result counts. */
export async function keepFinishedBackup(store: BlobStore, key: string, taken: TakenBackup): Promise<TakenBackup> {
  try {
    await store.put(key, Buffer.from(JSON.stringify(taken)), { onlyIfAbsent: true, contentType: 'application/json' });
    return taken;
  } catch (error) {
    if (codeOf(error) !== 'store.exists') throw error;
    return (await readFinishedBackup(store, key)) ?? taken;
  }
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}

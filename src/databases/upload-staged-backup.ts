import { createHash } from 'node:crypto';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { StagingFile } from '../ports/staging-files';

export interface UploadedFile {
  readonly key: string;
  readonly size: number;
  readonly sha256: string;
}

export interface UploadControl {
  readonly signal?: AbortSignal | undefined;
  /** Told of every piece read. */
  readonly onBytes?: (bytes: number) => void;
}

const singlePutLimit = 32 * 1024 * 1024;
const contentType = 'application/octet-stream';

/**
 * Copies a staged file into the store, hashed as it is read. Throws the retryable `sql.staging-unreadable` when the
 * bytes read are not the size the file has, and `store.exists` when the key is taken.
 */
export async function uploadStagedBackup(
  store: BlobStore,
  file: StagingFile,
  { key, signal, onBytes }: UploadControl & { readonly key: string },
): Promise<UploadedFile> {
  const hash = createHash('sha256');
  let size = 0;
  let digest = '';
  async function* content(): AsyncIterable<Uint8Array> {
    for await (const chunk of file.stream()) {
      if (signal?.aborted === true) throw new HubkeepError('run.cancelled', 'The upload was cancelled');
      hash.update(chunk);
      size += chunk.length;
      onBytes?.(chunk.length);
      yield chunk;
    }
    // Thrown before the last byte is acknowledged: a blob of the wrong size must never appear.
    if (size !== file.size) throw changed(key, { expected: file.size, read: size });
    digest = hash.digest('hex');
  }
  if (file.size <= singlePutLimit) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content()) chunks.push(chunk);
    await store.put(key, Buffer.concat(chunks), { onlyIfAbsent: true, contentType, sha256: digest });
  } else {
    await store.putLarge(key, content(), { onlyIfAbsent: true, contentType, sha256: () => digest });
  }
  return { key, size, sha256: digest };
}

function changed(key: string, sizes: { expected: number; read: number }): HubkeepError {
  return new HubkeepError(
    'sql.staging-unreadable',
    `The staged file of ${key} has ${sizes.expected} bytes, but ${sizes.read} were read`,
    {
      hint: 'Nothing but SQL Server and Hubkeep may touch SQL_BACKUP_DIRECTORY.',
      retryable: true,
    },
  );
}

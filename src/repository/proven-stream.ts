import { createHash } from 'node:crypto';
import type { BlobReference } from '../contracts/recovery-point';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';

/**
 * A blob's bytes as they come. Throws `format.damaged` at the end when they are not those that were recorded, so what
 * is made of them must not count before that.
 */
export async function* provenStream(store: BlobStore, { key, size, sha256 }: BlobReference): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of store.stream(key)) {
    hash.update(chunk);
    read += chunk.length;
    yield chunk;
  }
  if (read === size && hash.digest('hex') === sha256) return;
  throw new HubkeepError('format.damaged', `${key} is not what was backed up`, {
    hint: 'Restore it from another recovery point; hubkeep verify --deep tells what else is damaged.',
  });
}

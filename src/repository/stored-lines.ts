import { createHash } from 'node:crypto';
import type { BlobReference } from '../contracts/recovery-point';
import type { BlobStore } from '../ports/blob-store';
import { compressFrame } from './zstd';

/** Characters of one frame. Many lines are many frames, so that a list of any length is never held whole. */
const frameLength = 1024 * 1024;

/** Stores one JSON document a line, compressed. */
export async function storeLines(
  store: BlobStore,
  key: string,
  documents: Iterable<unknown> | AsyncIterable<unknown>,
): Promise<BlobReference> {
  const sha256 = createHash('sha256');
  let digest = '';

  async function* frames(): AsyncGenerator<Buffer> {
    for await (const text of textsOf(documents)) {
      const frame = compressFrame(Buffer.from(text, 'utf8'));
      sha256.update(frame);
      yield frame;
    }
    digest = sha256.digest('hex');
  }

  const { size } = await store.putLarge(key, frames(), { sha256: () => digest });
  return { key, size, sha256: digest };
}

/** At least one text, be it empty. */
async function* textsOf(documents: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  let text = '';
  for await (const document of documents) {
    if (text.length >= frameLength) {
      yield text;
      text = '';
    }
    text += `${JSON.stringify(document)}\n`;
  }
  yield text;
}

import type { BlobClient } from '@azure/storage-blob';
import type { ByteRange } from '../../ports/blob-store';

export interface Download {
  readonly etag: string;
  /** Bytes to come. */
  readonly length: number;
  readonly chunks: AsyncIterable<Buffer>;
}

const longestSilence = 60_000;
const nothing: AsyncIterable<Buffer> = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) };

/** Starts a download. A range that reaches past the end gives what there is, possibly nothing. */
export async function downloadBlob(client: BlobClient, range: ByteRange | undefined): Promise<Download> {
  // The protocol has no empty range, and the SDK takes offset 0 with count 0 for the whole blob.
  if (range?.length === 0) return emptyDownload(client);
  try {
    const answer = await client.download(range?.offset ?? 0, range?.length, { maxRetryRequests: 3 });
    return {
      etag: answer.etag ?? '',
      length: answer.contentLength ?? 0,
      chunks: guarded(answer.readableStreamBody as Body),
    };
  } catch (error) {
    if (range !== undefined && (error as { statusCode?: number }).statusCode === 416) return emptyDownload(client);
    throw error;
  }
}

async function emptyDownload(client: BlobClient): Promise<Download> {
  const { etag } = await client.getProperties();
  return { etag: etag ?? '', length: 0, chunks: nothing };
}

type Body = AsyncIterable<Buffer> & { destroy(error?: Error): void };

/** Ends a download that falls silent: neither the SDK nor TCP would. Time the consumer takes does not count. */
async function* guarded(body: Body): AsyncGenerator<Buffer> {
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => body.destroy(silence()), longestSilence);
      const next = await iterator.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    body.destroy();
  }
}

function silence(): Error {
  return Object.assign(new Error(`no byte for ${longestSilence / 1000} seconds`), { code: 'ETIMEDOUT' });
}

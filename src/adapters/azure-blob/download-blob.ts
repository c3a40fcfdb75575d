import type { BlobClient } from '@azure/storage-blob';
import type { ByteRange } from '../../ports/blob-store';

export interface Download {
  readonly etag: string;
  /** Bytes to come. */
  readonly length: number;
  readonly chunks: AsyncIterable<Buffer>;
}

type Body = AsyncIterable<Buffer> & { destroy(error?: Error): void };

interface Part {
  readonly etag: string;
  readonly length: number;
  readonly body: Body;
}

const longestSilence = 60_000;
/** Times in a row that a download may break off without having brought a byte. */
const mostBreaks = 3;

const nothing: AsyncIterable<Buffer> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** Starts a download. A range that reaches past the end gives what there is, possibly nothing. */
export async function downloadBlob(client: BlobClient, range: ByteRange | undefined): Promise<Download> {
  // The protocol has no empty range, and the SDK takes offset 0 with count 0 for the whole blob.
  if (range?.length === 0) return emptyDownload(client);
  try {
    const offset = range?.offset ?? 0;
    const first = await requestPart(client, { offset, length: range?.length });
    return { etag: first.etag, length: first.length, chunks: resumed(client, first, offset) };
  } catch (error) {
    if (range !== undefined && (error as { statusCode?: number }).statusCode === 416) return emptyDownload(client);
    throw error;
  }
}

async function emptyDownload(client: BlobClient): Promise<Download> {
  const { etag } = await client.getProperties();
  return { etag: etag ?? '', length: 0, chunks: nothing };
}

async function requestPart(
  client: BlobClient,
  range: { offset: number; length: number | undefined },
  etag?: string,
): Promise<Part> {
  const conditions = etag === undefined ? {} : { ifMatch: etag };
  const answer = await client.download(range.offset, range.length, { conditions, maxRetryRequests: 0 });
  return { etag: answer.etag ?? '', length: answer.contentLength ?? 0, body: answer.readableStreamBody as Body };
}

/** Goes on where a connection broke, on the very same blob; the SDK resumes only some of the ways to break. */
async function* resumed(client: BlobClient, first: Part, offset: number): AsyncGenerator<Buffer> {
  let part = first;
  let received = 0;
  let breaks = 0;
  for (;;) {
    try {
      for await (const chunk of guarded(part.body)) {
        received += chunk.length;
        breaks = 0;
        yield chunk;
      }
      if (received < first.length) throw new Error(`the answer ended after ${received} of ${first.length} bytes`);
      return;
    } catch (error) {
      if (received >= first.length) return;
      if (breaks === mostBreaks) throw error;
    }
    breaks += 1;
    part = await requestPart(client, { offset: offset + received, length: first.length - received }, first.etag);
  }
}

/** Ends a part that falls silent: neither the SDK nor TCP would. Time the consumer takes does not count. */
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

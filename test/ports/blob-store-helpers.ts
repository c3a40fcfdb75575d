import type { BlobStore } from '../../src/ports/blob-store';
import { collect } from '../support/collect';

export const kib = 1024;

export async function bytes(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await collect(stream));
}

export async function keysOf(store: BlobStore, prefix: string): Promise<string[]> {
  return (await collect(store.list(prefix))).map(({ key }) => key);
}

export async function* inChunks(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size);
}

export async function raced(writers: Promise<unknown>[]): Promise<{ winners: number[]; codes: unknown[] }> {
  const outcomes = await Promise.allSettled(writers);
  const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
  const codes = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [(outcome.reason as { code: unknown }).code] : [],
  );
  return { winners, codes };
}

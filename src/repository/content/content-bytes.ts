import { hash } from 'node:crypto';
import type { BlobReference } from '../../contracts/recovery-point';
import { codeOf } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { damagedContent } from './content-format';

/** The bytes of a content file, held whole or fetched by range. */
export interface ContentBytes {
  readonly key: string;
  readonly size: number;
  /** Bytes held in memory. */
  readonly held: number;
  /** At once from memory. Throws `format.damaged` when the blob is missing or shorter. */
  read(offset: number, length: number): Buffer | Promise<Buffer>;
  stream(offset: number, length: number): AsyncIterable<Buffer>;
}

/** Reads a file with one request and proves that it is the one that was written. */
export async function readWhole(store: BlobStore, { key, size, sha256 }: BlobReference): Promise<ContentBytes> {
  const { content } = await unlessMissing(key, store.read(key));
  if (content.length !== size || hash('sha256', content, 'hex') !== sha256) throw damagedContent(key, 'is not what was recorded');
  return bytesInMemory(key, content);
}

export function bytesInMemory(key: string, content: Buffer): ContentBytes {
  const read = (offset: number, length: number) => {
    if (offset + length > content.length) throw damagedContent(key, 'ends too early');
    return content.subarray(offset, offset + length);
  };
  return {
    key,
    size: content.length,
    held: content.length,
    read,
    async *stream(offset, length) {
      yield read(offset, length);
    },
  };
}

/** Reads ranges of a file as they are asked for; whoever asks checks what comes. */
export function rangesOf(store: BlobStore, { key, size }: BlobReference): ContentBytes {
  return {
    key,
    size,
    held: 0,
    async read(offset, length) {
      const { content } = await unlessMissing(key, store.read(key, { offset, length }));
      if (content.length !== length) throw damagedContent(key, 'ends too early');
      return content;
    },
    async *stream(offset, length) {
      let left = length;
      try {
        for await (const chunk of store.stream(key, { offset, length })) {
          left -= chunk.length;
          yield chunk;
        }
      } catch (error) {
        throw asDamage(key, error);
      }
      if (left !== 0) throw damagedContent(key, 'ends too early');
    },
  };
}

async function unlessMissing<T>(key: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw asDamage(key, error);
  }
}

function asDamage(key: string, error: unknown): unknown {
  return codeOf(error) === 'store.not-found' ? damagedContent(key, 'is missing', error) : error;
}

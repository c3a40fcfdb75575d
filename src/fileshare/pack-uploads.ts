import type { PackReference } from '../contracts/recovery-point';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { layout } from '../repository/layout';
import { type ChunkQueue, createChunkQueue } from './chunk-queue';
import type { FromThread } from './pack-protocol';

interface OpenStream {
  readonly chunks: ChunkQueue;
  sha256: string;
}

type PackMessage = Extract<FromThread, { type: 'pack' | 'stream-open' | 'stream-chunk' | 'stream-close' | 'stream-abort' }>;

/** Sends the packs of all threads to the store. After the first failure every later wait rejects with it. */
export function createPackUploads(store: BlobStore, onChange: () => void) {
  const stored: PackReference[] = [];
  const streams = new Map<string, OpenStream>();
  const running = new Set<Promise<void>>();
  let failure: unknown;

  function track(upload: Promise<void>) {
    const tracked = upload
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        running.delete(tracked);
        onChange();
      });
    running.add(tracked);
  }

  async function putPack({ name, bytes, sha256 }: { name: string; bytes: Uint8Array; sha256: string }) {
    await store.put(layout.pack(name), bytes, { onlyIfAbsent: true, sha256 });
    stored.push({ pack: name, size: bytes.length, sha256, encryption: 'none' });
  }

  async function putStream(name: string, stream: OpenStream) {
    try {
      const { size } = await store.putLarge(layout.pack(name), stream.chunks, {
        onlyIfAbsent: true,
        sha256: () => stream.sha256,
      });
      stored.push({ pack: name, size, sha256: stream.sha256, encryption: 'none' });
    } catch (error) {
      if (error !== aborted) throw error;
    } finally {
      streams.delete(name);
    }
  }

  return {
    stored,
    /** Packs on their way. */
    running: () => running.size,
    throwIfFailed() {
      if (failure !== undefined) throw failure as Error;
    },
    handle(message: PackMessage, credit: (bytes: number) => void) {
      switch (message.type) {
        case 'pack':
          track(putPack(message));
          break;
        case 'stream-open': {
          const stream = { chunks: createChunkQueue(credit), sha256: '' };
          streams.set(message.name, stream);
          track(putStream(message.name, stream));
          break;
        }
        case 'stream-chunk':
          streams.get(message.name)?.chunks.push(message.bytes);
          break;
        case 'stream-close': {
          const stream = streams.get(message.name);
          if (stream !== undefined) stream.sha256 = message.sha256;
          stream?.chunks.end();
          break;
        }
        case 'stream-abort':
          streams.get(message.name)?.chunks.fail(aborted);
      }
    },
    async settled() {
      await Promise.all(running);
      if (failure !== undefined) throw failure as Error;
    },
  };
}

const aborted = new HubkeepError('share.unreadable', 'the file could not be read to its end');

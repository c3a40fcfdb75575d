import { createHash } from 'node:crypto';
import type { FromThread } from './pack-protocol';

/** A pack that is sent while it is made. */
export interface PackSink {
  /** Resolves when little enough is waiting to be sent. */
  write(bytes: Buffer): Promise<void>;
  bytes(): number;
  close(): void;
  /** The pack must not appear. */
  abort(): void;
}

/** Sends packs piece by piece to the main thread, at most `window` bytes ahead of what it has passed on. */
export function createPackSink(post: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void, window: number) {
  let outstanding = 0;
  let resume: () => void = () => undefined;

  return {
    open(name: string): PackSink {
      const sha256 = createHash('sha256');
      let written = 0;
      post({ type: 'stream-open', name });
      return {
        async write(frame) {
          const bytes = owned(frame);
          sha256.update(bytes);
          written += bytes.length;
          outstanding += bytes.length;
          post({ type: 'stream-chunk', name, bytes }, [bytes.buffer]);
          while (outstanding > window) await new Promise<void>((resolve) => (resume = resolve));
        },
        bytes: () => written,
        close: () => {
          post({ type: 'stream-close', name, sha256: sha256.digest('hex') });
        },
        abort: () => {
          post({ type: 'stream-abort', name });
        },
      };
    },
    credit(bytes: number) {
      outstanding -= bytes;
      resume();
    },
  };
}

/** Memory that can be handed over: a frame's own, or a copy where it lies in memory shared with others. */
function owned(frame: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = frame;
  return buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(frame);
}

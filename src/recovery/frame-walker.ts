import { frameAt, type FrameBounds } from '../repository/zstd';

export interface WalkedFrame {
  /** Within the blob. */
  readonly offset: number;
  readonly bytes: Buffer;
  readonly skippable: boolean;
}

/** Less is not worth putting together. */
const leastBytes = 1024 * 1024;

/** Follows zstd frames through a stream that is too large to hold. */
export function createFrameWalker(onFrame: (frame: WalkedFrame) => void = () => undefined) {
  let waiting: Buffer[] = [];
  let held = 0;
  let wanted = leastBytes;
  let offset = 0;
  let brokenAt: number | undefined;

  function first(rest: Buffer): FrameBounds | undefined {
    try {
      return frameAt(rest, 0);
    } catch {
      brokenAt = offset;
      return undefined;
    }
  }

  function walk() {
    let rest = Buffer.concat(waiting, held);
    for (let frame = first(rest); frame !== undefined; frame = first(rest)) {
      onFrame({ offset, bytes: rest.subarray(0, frame.length), skippable: frame.skippable });
      offset += frame.length;
      rest = rest.subarray(frame.length);
    }
    if (brokenAt !== undefined) rest = Buffer.alloc(0);
    waiting = [rest];
    held = rest.length;
    wanted = Math.max(leastBytes, 2 * held);
  }

  return {
    push(chunk: Buffer) {
      if (brokenAt !== undefined) return;
      waiting.push(chunk);
      held += chunk.length;
      if (held >= wanted) walk();
    },
    /** @returns where the frames stop being frames; nothing when the last one ends with the last byte. */
    end(): number | undefined {
      walk();
      return brokenAt ?? (held > 0 ? offset : undefined);
    },
  };
}

import { hash } from 'node:crypto';
import { padding, tarHeaders, type TarMember } from './tar-member';
import { compressFrame } from './zstd';

/** Where a member's content will lie; complete once `settled` has been called. */
export interface PlacedContent {
  readonly pack: string;
  offset: number;
  length: number;
  readonly skip: number;
}

export interface BuiltPack {
  /** `{runId}/{name}`. */
  readonly name: string;
  /** Owns its memory, so that it can be handed to another thread. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
}

export interface PackBuilderOptions {
  /** `{runId}/{prefix}`; packs are numbered after it, so that their names sort in extraction order. */
  readonly prefix: string;
  /** Bytes of a frame before compression, and of a pack after it. */
  readonly frameSize: number;
  readonly packSize: number;
  readonly onPack: (pack: BuiltPack) => void;
  /** Every placement handed out so far is now complete. */
  readonly onSettled: () => void;
}

/**
 * Builds packs: ordinary `.tar.zst` files whose members are grouped in independent frames, so that one member can be
 * fetched by range. No end-of-archive blocks, so that packs can be concatenated.
 */
export function createPackBuilder({ prefix, frameSize, packSize, onPack, onSettled }: PackBuilderOptions) {
  const frame = Buffer.allocUnsafe(frameSize);
  let pack = Buffer.allocUnsafeSlow(packSize + frameSize);
  let filled = 0;
  let open: PlacedContent[] = [];
  let packBytes = 0;
  let number = 1;

  const packName = () => `${prefix}-${String(number).padStart(6, '0')}`;

  function appendFrame(content: Uint8Array) {
    const compressed = compressFrame(content);
    makeRoom(compressed.length);
    packBytes += compressed.copy(pack, packBytes);
    return compressed.length;
  }

  /** Only a member of many frames takes a pack far over its size. */
  function makeRoom(bytes: number) {
    if (packBytes + bytes <= pack.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * pack.length + bytes);
    pack.copy(larger, 0, 0, packBytes);
    pack = larger;
  }

  function closeFrame() {
    if (filled > 0) {
      const offset = packBytes;
      const length = appendFrame(frame.subarray(0, filled));
      for (const placed of open) Object.assign(placed, { offset, length });
      open = [];
      filled = 0;
    }
    onSettled();
    if (packBytes >= packSize) closePack();
  }

  function closePack() {
    if (packBytes === 0) return;
    const bytes = new Uint8Array(pack.buffer, 0, packBytes);
    onPack({ name: packName(), bytes, sha256: hash('sha256', bytes, 'hex') });
    pack = Buffer.allocUnsafeSlow(packSize + frameSize);
    packBytes = 0;
    number += 1;
  }

  function spanFrames(headers: Buffer, content: Uint8Array): PlacedContent {
    if (filled > 0) closeFrame();
    const member = Buffer.concat([headers, content, padding(content.length)]);
    const placed = { pack: packName(), offset: packBytes, length: 0, skip: headers.length };
    for (let at = 0; at < member.length; at += frameSize) placed.length += appendFrame(member.subarray(at, at + frameSize));
    closeFrame();
    return placed;
  }

  return {
    /** Adds one member whose content is held whole. */
    add(member: TarMember, content: Uint8Array = empty): PlacedContent {
      const headers = tarHeaders({ ...member, size: content.length });
      const fill = padding(content.length);
      const size = headers.length + content.length + fill.length;
      if (size > frameSize) return spanFrames(headers, content);
      if (filled + size > frameSize) closeFrame();
      const placed = { pack: packName(), offset: 0, length: 0, skip: filled + headers.length };
      headers.copy(frame, filled);
      frame.set(content, filled + headers.length);
      fill.copy(frame, filled + headers.length + content.length);
      filled += size;
      open.push(placed);
      return placed;
    },
    /** Completes every placement so far. */
    settle: closeFrame,
    /** Completes every placement and hands over the open pack. */
    flush() {
      closeFrame();
      closePack();
    },
  };
}

export type PackBuilder = ReturnType<typeof createPackBuilder>;

const empty = new Uint8Array(0);

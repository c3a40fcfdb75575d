import { hash } from 'node:crypto';
import { padding, tarHeaders, type TarMember } from './tar-member';
import { releaseMemory } from './release-memory';
import { compressFrameAside } from './zstd';

/** Whole frames of one pack. */
export interface FrameRange {
  readonly pack: string;
  readonly offset: number;
  readonly length: number;
}

export interface BuiltPack {
  /** `{runId}/{name}`. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** Gives the memory of `bytes` back for another pack. */
  readonly release: () => void;
}

export interface PackBuilderOptions {
  /** `{runId}/{prefix}`; packs are numbered after it, so that their names sort in extraction order. */
  readonly prefix: string;
  /** Bytes of a frame before compression, and of a pack after it. */
  readonly frameSize: number;
  readonly packSize: number;
  readonly onPack: (pack: BuiltPack) => void;
  /** A frame has found its place, or the builder has failed for good. */
  readonly onChange: (failure?: unknown) => void;
}

type Placed = (range: FrameRange) => void;

interface Frame {
  readonly buffer: Buffer;
  filled: number;
  readonly placed: Placed[];
  /** A member that spans frames is never cut by a pack's end. */
  mayEndPack: boolean;
  compressed: Buffer | undefined;
}

/**
 * Builds packs: ordinary `.tar.zst` files whose members are grouped in independent frames, so that one member can be
 * fetched by range. No end-of-archive blocks, so that packs can be concatenated. Frames are compressed aside, several at
 * a time, and join the pack in the order in which they were filled.
 */
export function createPackBuilder({ prefix, frameSize, packSize, onPack, onChange }: PackBuilderOptions) {
  const spareFrames: Buffer[] = [];
  const sparePacks: Buffer[] = [];
  const ahead: Frame[] = [];
  let open = newFrame();
  let pack = newPack();
  let packBytes = 0;
  let number = 1;

  function newFrame(): Frame {
    const buffer = spareFrames.pop() ?? Buffer.allocUnsafeSlow(frameSize);
    return { buffer, filled: 0, placed: [], mayEndPack: true, compressed: undefined };
  }

  function newPack(): Buffer {
    return sparePacks.pop() ?? Buffer.allocUnsafeSlow(packSize + frameSize);
  }

  function seal() {
    if (open.filled === 0) return;
    const frame = open;
    open = newFrame();
    ahead.push(frame);
    compressFrameAside(frame.buffer.subarray(0, frame.filled))
      .then((compressed) => {
        frame.compressed = compressed;
        appendReady();
        onChange();
      })
      .catch(onChange);
  }

  function appendReady() {
    for (let frame = ahead[0]; frame?.compressed !== undefined; frame = ahead[0]) {
      ahead.shift();
      append(frame, frame.compressed);
    }
  }

  function append(frame: Frame, compressed: Buffer) {
    makeRoom(compressed.length);
    const range = { pack: packName(), offset: packBytes, length: compressed.length };
    packBytes += compressed.copy(pack, packBytes);
    releaseMemory(compressed);
    for (const placed of frame.placed) placed(range);
    spareFrames.push(frame.buffer);
    if (frame.mayEndPack && packBytes >= packSize) closePack();
  }

  /** Only a member of many frames takes a pack far over its size. */
  function makeRoom(bytes: number) {
    if (packBytes + bytes <= pack.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * pack.length + bytes);
    pack.copy(larger, 0, 0, packBytes);
    pack = larger;
  }

  function packName() {
    return `${prefix}-${String(number).padStart(6, '0')}`;
  }

  function closePack() {
    if (packBytes === 0) return;
    const memory = pack;
    const bytes = memory.subarray(0, packBytes);
    const release = () => {
      if (memory.length === packSize + frameSize) sparePacks.push(memory);
    };
    onPack({ name: packName(), bytes, sha256: hash('sha256', bytes, 'hex'), release });
    pack = newPack();
    packBytes = 0;
    number += 1;
  }

  /** A member larger than a frame begins one and fills the next ones. */
  function spanFrames(pieces: readonly Uint8Array[], onPlaced: Placed | undefined) {
    seal();
    let whole: FrameRange | undefined;
    const grow = (range: FrameRange) => {
      whole = whole === undefined ? range : { ...whole, length: whole.length + range.length };
    };
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) {
        if (open.filled === frameSize) {
          open.mayEndPack = false;
          seal();
        }
        if (open.filled === 0) open.placed.push(grow);
        const part = piece.subarray(at, at + frameSize - open.filled);
        open.buffer.set(part, open.filled);
        open.filled += part.length;
        at += part.length;
      }
    }
    open.placed.push(() => {
      if (whole !== undefined) onPlaced?.(whole);
    });
    seal();
  }

  return {
    /**
     * Adds one member whose content is held whole.
     * @param onPlaced called when the frames that hold the member have a place.
     * @returns how many bytes lie between the start of these frames, decompressed, and the content.
     */
    add(member: TarMember, content: Uint8Array = empty, onPlaced?: Placed): number {
      const headers = tarHeaders({ ...member, size: content.length });
      const fill = padding(content.length);
      const size = headers.length + content.length + fill.length;
      if (size > frameSize) {
        spanFrames([headers, content, fill], onPlaced);
        return headers.length;
      }
      if (open.filled + size > frameSize) seal();
      const { buffer } = open;
      const skip = open.filled + headers.copy(buffer, open.filled);
      buffer.set(content, skip);
      buffer.set(fill, skip + content.length);
      open.filled += size;
      if (onPlaced !== undefined) open.placed.push(onPlaced);
      return skip;
    },
    /** Calls back when every member added so far has its place. */
    afterwards(then: () => void) {
      const last = open.filled > 0 ? open : ahead.at(-1);
      if (last === undefined) then();
      else last.placed.push(then);
    },
    /** Closes the open frame, so that its members get a place. */
    seal,
    /** Frames that wait for their place. */
    framesAhead: () => ahead.length,
    /** True while the open pack holds anything. */
    isPackOpen: () => packBytes > 0 || ahead.length > 0 || open.filled > 0,
    /** Hands over the open pack; nothing may be ahead. */
    closePack,
    /** Gives all memory back; nothing may be open, ahead or handed over, and nothing may follow. */
    end() {
      for (const memory of [...spareFrames, ...sparePacks, open.buffer, pack]) releaseMemory(memory);
    },
  };
}

export type PackBuilder = ReturnType<typeof createPackBuilder>;

const empty = new Uint8Array(0);

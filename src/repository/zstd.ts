import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { HubkeepError } from '../errors/hubkeep-error';
import { createTurns } from './in-turn';
import { releaseMemory } from './release-memory';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const skippableMask = 0xfffffff0;
/** A frame's output in one piece: the default would be put together from dozens. */
const chunkSize = 256 * 1024;
/** The least that Node takes. */
const leastChunk = 64;
/** A table of half the size of level 3's own: it stays in a processor's cache, which is worth a tenth of the time and costs 0.3 % of size. */
const params = {
  [constants.ZSTD_c_compressionLevel]: 3,
  [constants.ZSTD_c_hashLog]: 16,
  [constants.ZSTD_c_checksumFlag]: 1,
};

/** Output that surely has room for all of it is written to straight away, without a copy in between. */
function optionsFor({ length }: Uint8Array) {
  return { chunkSize: length + (length >> 8) + leastChunk, params };
}

/** One independent frame that carries its content size and a checksum. */
export function compressFrame(content: Uint8Array): Buffer {
  return zstdCompressSync(content, optionsFor(content));
}

const zstdCompressAside = promisify(zstdCompress);
/** More threads than processors would only take turns, with each other and with whoever reads what is to be compressed next. */
const inTurn = createTurns(navigator.hardwareConcurrency);

export interface AsideOptions {
  /** Goes before what waits for its turn. */
  readonly isUrgent?: boolean;
}

/**
 * The same on threads of libuv's pool, as many as there are processors; `content` must not change meanwhile. The frame lies in
 * memory of as many bytes as the content: who keeps it should `compact` it, who is done with it release it.
 */
export function compressFrameAside(content: Uint8Array, options: AsideOptions = {}): Promise<Buffer> {
  return inTurn(async () => firstFrame(await zstdCompressAside(content, { ...optionsFor(content), ...inOnePiece })), options);
}

/**
 * Content that comes with the order to end the frame is compressed without being copied first, and the frame tells its size.
 * Node's own way is to give that order afterwards, when it is too late to know that there is nothing else.
 */
const inOnePiece = { flush: constants.ZSTD_e_end };

/** Node ends with one more frame, of nothing. */
function firstFrame(compressed: Buffer): Buffer {
  return compressed.subarray(0, frameAt(compressed, 0)?.length);
}

/** The same bytes in memory of their own size; that of `bytes` is given back. */
export function compact(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  releaseMemory(bytes);
  return own;
}

/** Bytes that every zstd decoder passes over (RFC 8878, 3.1.2). */
export function skippableFrame(content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(skippableMagic, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

/**
 * Content of all frames in `bytes`, in order; skippable frames are passed over.
 *
 * Frames are cut here because Node's decoder silently drops everything after the first frame of a buffer.
 * @param limit most bytes the content may have; more throws `format.damaged` before it is allocated.
 */
export function decompressFrames(bytes: Buffer, limit: number): Buffer {
  const parts: Buffer[] = [];
  let total = 0;
  for (const frame of framesOf(bytes)) {
    if (frame.skippable) continue;
    const content = decompressFrame(bytes.subarray(frame.offset, frame.offset + frame.length), limit - total);
    total += content.length;
    parts.push(content);
  }
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = Buffer.concat(parts, total);
  parts.forEach(releaseMemory);
  return whole;
}

function decompressFrame(frame: Buffer, limit: number): Buffer {
  try {
    return zstdDecompressSync(frame, { chunkSize: outputSize(frame, limit), maxOutputLength: Math.max(limit, 1) });
  } catch (error) {
    throw new HubkeepError('format.damaged', 'a zstd frame cannot be decompressed', { cause: error });
  }
}

/** Room for a frame's content in one piece, as far as it says how much it is and that is allowed. */
function outputSize(frame: Buffer, limit: number): number {
  const { contentSizeAt, contentSizeBytes } = readDescriptor(frame, 0);
  if (contentSizeBytes === 0 || contentSizeAt + contentSizeBytes > frame.length) return chunkSize;
  const declared =
    contentSizeBytes === 8
      ? Number(frame.readBigUInt64LE(contentSizeAt))
      : frame.readUIntLE(contentSizeAt, contentSizeBytes) + (contentSizeBytes === 2 ? 256 : 0);
  return Math.max(Math.min(declared, limit) + 1, leastChunk);
}

export interface FrameBounds {
  readonly offset: number;
  readonly length: number;
  readonly skippable: boolean;
}

/** Where each frame of `bytes` lies; throws `format.damaged` when they do not end exactly at the last byte. */
export function* framesOf(bytes: Buffer): Generator<FrameBounds> {
  let offset = 0;
  while (offset < bytes.length) {
    const bounds = frameAt(bytes, offset);
    if (bounds === undefined) throw new HubkeepError('format.damaged', `a zstd frame is cut off at byte ${offset}`);
    yield bounds;
    offset += bounds.length;
  }
}

/** The frame that starts at `offset`, or nothing when `bytes` ends before the frame does. */
export function frameAt(bytes: Buffer, offset: number): FrameBounds | undefined {
  if (offset + 8 > bytes.length) return undefined;
  const magic = bytes.readUInt32LE(offset);
  if ((magic & skippableMask) >>> 0 === skippableMagic) {
    return within(bytes, { offset, length: 8 + bytes.readUInt32LE(offset + 4), skippable: true });
  }
  if (magic !== frameMagic) throw new HubkeepError('format.damaged', `no zstd frame starts at byte ${offset}`);
  const length = dataFrameLength(bytes, offset);
  return length === undefined ? undefined : within(bytes, { offset, length, skippable: false });
}

function within(bytes: Buffer, bounds: FrameBounds): FrameBounds | undefined {
  return bounds.offset + bounds.length <= bytes.length ? bounds : undefined;
}

/** Walks block headers only (RFC 8878, 3.1.1): cheap, and it never trusts a declared content size. */
function dataFrameLength(bytes: Buffer, offset: number): number | undefined {
  const { descriptor, contentSizeAt, contentSizeBytes } = readDescriptor(bytes, offset);
  let at = contentSizeAt + contentSizeBytes;
  for (;;) {
    if (at + 3 > bytes.length) return undefined;
    const header = bytes.readUIntLE(at, 3);
    const runLength = ((header >> 1) & 3) === 1;
    at += 3 + (runLength ? 1 : header >> 3);
    if ((header & 1) === 1) break;
  }
  const checksum = (descriptor & 4) !== 0 ? 4 : 0;
  return at + checksum - offset;
}

function readDescriptor(bytes: Buffer, offset: number) {
  const descriptor = bytes[offset + 4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return { descriptor, contentSizeAt: offset + 5 + (singleSegment ? 0 : 1) + dictionaryBytes, contentSizeBytes };
}

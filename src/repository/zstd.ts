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
const options = { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 } };

/** One independent frame that carries its content size and a checksum. */
export function compressFrame(content: Uint8Array): Buffer {
  return zstdCompressSync(content, options);
}

const zstdCompressAside = promisify(zstdCompress);
/** More threads than processors would only take turns, with each other and with whoever reads what is to be compressed next. */
const inTurn = createTurns(navigator.hardwareConcurrency);

/** The same on threads of libuv's pool, as many as there are processors; `content` must not change meanwhile. */
export function compressFrameAside(content: Uint8Array): Promise<Buffer> {
  return inTurn(() => zstdCompressAside(content, options));
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

// Direct TCP (MS-SMB2 2.1): a zero byte, three bytes of length, the message.
import { SmbError } from './smb-error';

export const frameHeaderSize = 4;
const scratchSize = 128 * 1024;

export interface FrameReader {
  /** Where the next bytes from the network go. */
  room(): Buffer;
  /** So many bytes have come to `room()`. */
  received(bytes: number): void;
  /** From now on no longer frame is taken. */
  setLimit(bytes: number): void;
}

/**
 * Cuts a stream of bytes into frames, handing each to `deliver` with bytes of its own. What is missing of a long frame is read
 * straight to its place; short ones come many at a time.
 */
export function createFrameReader(deliver: (frame: Buffer) => void): FrameReader {
  const scratch = Buffer.allocUnsafe(scratchSize);
  let waiting = 0;
  let frame: Buffer | undefined;
  let filled = 0;
  let limit = scratchSize;

  function lengthAt(at: number): number {
    const length = scratch.readUIntBE(at + 1, 3);
    if (scratch[at] !== 0)
      throw new SmbError('protocol', 'The server does not speak SMB over TCP: a frame starts with no zero byte');
    if (length > limit) throw new SmbError('protocol', `The server sent a frame of ${length} bytes, more than ${limit}`);
    return length;
  }

  function cut(end: number): void {
    let at = 0;
    while (end - at >= frameHeaderSize) {
      const length = lengthAt(at);
      const from = at + frameHeaderSize;
      if (end - from < length) {
        frame = Buffer.allocUnsafeSlow(length);
        filled = scratch.copy(frame, 0, from, end);
        waiting = 0;
        return;
      }
      at = from + length;
      const short = Buffer.allocUnsafeSlow(length);
      scratch.copy(short, 0, from, at);
      deliver(short);
    }
    scratch.copyWithin(0, at, end);
    waiting = end - at;
  }

  return {
    room: () => (frame === undefined ? scratch.subarray(waiting) : frame.subarray(filled)),
    received(bytes) {
      if (frame === undefined) return cut(waiting + bytes);
      filled += bytes;
      if (filled < frame.length) return;
      const whole = frame;
      frame = undefined;
      deliver(whole);
    },
    setLimit(bytes) {
      limit = bytes;
    },
  };
}

/** The bytes that go before a message of that length. */
export function frameHeader(length: number): Buffer {
  const header = Buffer.allocUnsafe(frameHeaderSize);
  header.writeUInt32BE(length);
  return header;
}

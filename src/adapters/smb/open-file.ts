import { closeFile, openEntry, type Target } from './chain';
import type { SmbInfo } from './entry';
import { status, statusError } from './nt-status';
import { bytesPerCredit } from './protocol';
import { parseRead, readRequest } from './read';
import type { Session } from './session';
import { statOf } from './stat';

/** Bytes of one file on their way or waiting to be taken. */
const readAhead = 8 * 1024 * 1024;

export interface SmbFile {
  /** What the file was as it was opened. */
  readonly info: SmbInfo;
  /** Reads up to `into.length` bytes from where the last read ended; 0 at the end. One call at a time. */
  read(into: Uint8Array): Promise<number>;
  /** Closes the file and says what it is now. */
  close(): Promise<SmbInfo>;
}

interface Piece {
  readonly wanted: number;
  readonly content: Promise<Buffer>;
}

/** A file read to its end, several pieces ahead of who takes them. @param from first byte */
export async function openFile(session: Session, target: Target, from = 0): Promise<SmbFile> {
  const { fileId, info } = await openEntry(session, target);
  const size = pieceSize(session);
  const depth = Math.max(1, Math.floor(readAhead / size));
  let pieces: Piece[] = [];
  let planned = from;
  let current: Buffer = Buffer.alloc(0);
  let isAtEnd = false;
  let failure: { readonly error: unknown } | undefined;

  function plan(wanted: number): void {
    const content = readRange(session, { fileId, path: target.path, offset: planned, length: wanted });
    // Whoever takes the piece learns of it.
    content.catch(() => undefined);
    pieces.push({ wanted, content });
    planned += wanted;
  }

  /** Up to where the file ended at first, and one piece after: it may have grown. */
  function readOn(): void {
    while (pieces.length < depth && planned < info.size) plan(Math.min(size, info.size - planned));
    if (planned >= info.size && pieces.length < Math.min(depth, 2) && (planned === info.size || pieces.length === 0))
      plan(bytesPerCredit);
  }

  async function next(): Promise<void> {
    readOn();
    const [piece] = pieces.splice(0, 1);
    current = (await piece?.content) ?? current;
    isAtEnd = piece === undefined || current.length < piece.wanted;
    if (isAtEnd) pieces = [];
    else readOn();
  }

  return {
    info,
    async read(into) {
      // What comes after a piece that failed must not be taken for it.
      if (failure !== undefined) throw failure.error;
      if (into.length === 0) return 0;
      if (current.length === 0 && !isAtEnd) {
        await next().catch((error: unknown) => {
          failure = { error };
          throw error;
        });
      }
      const bytes = current.copy(into);
      current = current.subarray(bytes);
      return bytes;
    },
    async close() {
      await Promise.allSettled(pieces.map(({ content }) => content));
      return (await closeFile(session, fileId, target.path)) ?? (await statOf(session, target));
    },
  };
}

/** A few pieces have to fit what the server lets be on its way. */
function pieceSize(session: Session): number {
  const allowed = Math.floor(session.connection.credits() / 4) * bytesPerCredit;
  return Math.max(bytesPerCredit, Math.min(session.maxRead, allowed));
}

interface Range {
  readonly fileId: Buffer;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Fewer bytes than asked for come only where the file ends: a server may give less at a time, and is asked again. What comes in
 * parts is put together at once: a frame around a few bytes can be a large one.
 */
async function readRange(session: Session, { fileId, path, offset, length }: Range): Promise<Buffer> {
  let whole: Buffer | undefined;
  let filled = 0;
  while (filled < length) {
    const [reply] = await session.send([readRequest({ fileId, offset: offset + filled, length: length - filled })]);
    if (reply === undefined || reply.status === status.endOfFile) break;
    if (reply.status !== status.success) throw statusError(path, reply.status);
    const part = parseRead(reply.message, length - filled);
    if (part.length === length) return part;
    if (part.length === 0) break;
    whole ??= Buffer.allocUnsafe(length);
    filled += part.copy(whole, filled);
  }
  return whole?.subarray(0, filled) ?? Buffer.alloc(0);
}

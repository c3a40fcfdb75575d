import { closedBy, openWith, type Target } from './chain';
import { closeRequest } from './create-close';
import { attribute, type SmbInfo } from './entry';
import { openFile } from './open-file';
import { status, statusError } from './nt-status';
import { bytesPerCredit, creditsFor } from './protocol';
import { parseRead, readRequest } from './read';
import type { Session } from './session';
import { statOf } from './stat';

export interface WholeOptions {
  /** Bytes. One more is read of a longer file, and no more. */
  readonly limit: number;
  /** Bytes the file is thought to have, from a listing. */
  readonly expected?: number | undefined;
}

export interface SmbWhole {
  /** The caller's. */
  readonly content: Buffer;
  /** What the file was after its last byte had been read. */
  readonly info: SmbInfo;
}

/** Opens, reads and closes in one message and its answer; in several where the file is another than expected. */
export async function readWhole(session: Session, target: Target, { limit, expected }: WholeOptions): Promise<SmbWhole> {
  const length = Math.min(limit, expected ?? bytesPerCredit - 1) + 1;
  if (length > session.maxRead || creditsFor(length) > session.connection.credits()) return readPieces(session, target, limit);
  const opened = await openWith(session, target, [(fileId) => readRequest({ fileId, offset: 0, length }), closeRequest]);
  const closed = await closedBy(session, opened, target.path);
  const isReparsePoint = (opened.info.attributes & attribute.reparsePoint) !== 0;
  const read = opened.replies[0];
  if (isReparsePoint || read === undefined) return readPieces(session, target, limit);

  if (read.status !== status.success && read.status !== status.endOfFile) {
    // Some servers refuse within a compound what they do alone: only clear words are the last ones.
    const error = statusError(target.path, read.status);
    if (error.kind === 'denied' || error.kind === 'locked') throw error;
    return readPieces(session, target, limit);
  }
  const content = read.status === status.success ? parseRead(read.message, length) : Buffer.alloc(0);
  const mayHaveMore = content.length === length && length <= limit;
  const cameShort = content.length < Math.min(length, opened.info.size);
  if (mayHaveMore || cameShort) return readPieces(session, target, limit);
  const own = Buffer.allocUnsafeSlow(content.length);
  content.copy(own);
  opened.release();
  return { content: own, info: closed ?? (await statOf(session, target)) };
}

async function readPieces(session: Session, target: Target, limit: number): Promise<SmbWhole> {
  const file = await openFile(session, target);
  const pieces: Buffer[] = [];
  try {
    for (let left = limit + 1; left > 0;) {
      const piece = Buffer.allocUnsafe(Math.min(left, Math.max(file.info.size + 1, bytesPerCredit), session.maxRead));
      const bytes = await file.read(piece);
      if (bytes === 0) break;
      pieces.push(piece.subarray(0, bytes));
      left -= bytes;
    }
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  return { content: Buffer.concat(pieces), info: await file.close() };
}

import { closeFile, openEntry, openWith, refuseLink, type Target } from './chain';
import type { Reply } from './connection';
import type { Created } from './create-close';
import { attribute, type SmbEntry } from './entry';
import { status, statusError } from './nt-status';
import { bytesPerCredit } from './protocol';
import { parseQueryDirectory, queryDirectoryRequest } from './query-directory';
import { malformed } from './reader';
import type { Session } from './session';
import { SmbError } from './smb-error';

/** Beside the opening: most directories are through with it, and are known to be by the second. */
const first = { maxOutput: bytesPerCredit };
const further = 4 * bytesPerCredit;

/** Answers in a row that bring no entry but those of the directory itself and its parent. */
const mostEmpty = 16;

export interface ListOptions {
  /** With more than these a directory is refused. */
  readonly maxEntries: number;
}

/** Every entry of a directory, as long as the server has more. */
export async function listDirectory(session: Session, target: Target, { maxEntries }: ListOptions): Promise<SmbEntry[]> {
  const query = (fileId: Buffer) => queryDirectoryRequest({ fileId, ...first });
  const opened = await openWith(session, target, [query, query]);
  if ((opened.info.attributes & attribute.reparsePoint) === 0) {
    return collect(session, opened, { path: target.path, maxEntries, replies: opened.replies });
  }
  await refuseLink(session, opened, target.path);
  return collect(session, await openEntry(session, { ...target, follow: true }), { path: target.path, maxEntries, replies: [] });
}

interface Begun extends ListOptions {
  readonly path: string;
  readonly replies: readonly Reply[];
}

async function collect(session: Session, { fileId }: Created, { path, maxEntries, replies }: Begun): Promise<SmbEntry[]> {
  const maxOutput = Math.max(
    bytesPerCredit,
    Math.min(further, session.maxTransact, Math.floor(session.connection.credits() / 2) * bytesPerCredit),
  );
  const entries: SmbEntry[] = [];
  let waiting = [...replies];
  let empty = 0;
  try {
    for (;;) {
      if (waiting.length === 0) waiting = await session.send([queryDirectoryRequest({ fileId, maxOutput })]);
      const [reply] = waiting.splice(0, 1);
      if (reply === undefined || isEnd(reply.status)) return entries;
      if (reply.status !== status.success) throw statusError(path, reply.status);
      const found = parseQueryDirectory(reply.message);
      empty = found.length === 0 ? empty + 1 : 0;
      // A server that never comes to an end must hold nobody up, nor fill the memory.
      if (empty > mostEmpty) throw malformed('listing', 'it goes on without an entry');
      entries.push(...found);
      if (entries.length > maxEntries) throw new SmbError('failed', `${path}: the server lists more than ${maxEntries} entries`);
    }
  } finally {
    if (session.connection.failure() === undefined) await closeFile(session, fileId, path);
  }
}

/** The root of a drive has not even an entry for itself. */
function isEnd(value: number): boolean {
  return value === status.noMoreFiles || value === status.noSuchFile;
}

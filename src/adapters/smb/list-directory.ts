import { closeFile, openEntry, openWith, refuseLink, type Target } from './chain';
import type { Reply } from './connection';
import type { Created } from './create-close';
import { attribute, type SmbEntry } from './entry';
import { status, statusError } from './nt-status';
import { bytesPerCredit } from './protocol';
import { parseQueryDirectory, queryDirectoryRequest } from './query-directory';
import type { Session } from './session';

/** Beside the opening: most directories are through with it, and are known to be by the second. */
const first = { maxOutput: bytesPerCredit };
const further = 4 * bytesPerCredit;

/** Every entry of a directory, as long as the server has more. */
export async function listDirectory(session: Session, target: Target): Promise<SmbEntry[]> {
  const query = (fileId: Buffer) => queryDirectoryRequest({ fileId, ...first });
  const opened = await openWith(session, target, [query, query]);
  if ((opened.info.attributes & attribute.reparsePoint) === 0) {
    return collect(session, opened, { path: target.path, replies: opened.replies });
  }
  await refuseLink(session, opened, target.path);
  return collect(session, await openEntry(session, { ...target, follow: true }), { path: target.path, replies: [] });
}

interface Begun {
  readonly path: string;
  readonly replies: readonly Reply[];
}

async function collect(session: Session, { fileId }: Created, { path, replies }: Begun): Promise<SmbEntry[]> {
  const maxOutput = Math.max(
    bytesPerCredit,
    Math.min(further, session.maxTransact, Math.floor(session.connection.credits() / 2) * bytesPerCredit),
  );
  const entries: SmbEntry[] = [];
  let waiting = [...replies];
  try {
    for (;;) {
      if (waiting.length === 0) waiting = await session.send([queryDirectoryRequest({ fileId, maxOutput })]);
      const [reply] = waiting.splice(0, 1);
      if (reply === undefined || isEnd(reply.status)) return entries;
      if (reply.status !== status.success) throw statusError(path, reply.status);
      entries.push(...parseQueryDirectory(reply.message));
    }
  } finally {
    if (session.connection.failure() === undefined) await closeFile(session, fileId, path);
  }
}

/** The root of a drive has not even an entry for itself. */
function isEnd(value: number): boolean {
  return value === status.noMoreFiles || value === status.noSuchFile;
}

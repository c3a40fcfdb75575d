import type { Create } from './create-close';
import type { SmbEntry, SmbInfo } from './entry';
import { listDirectory } from './list-directory';
import { openFile, type SmbFile } from './open-file';
import { wirePath } from './paths';
import { readWhole, type SmbWhole, type WholeOptions } from './read-whole';
import type { ReparsePoint } from './reparse';
import type { Session } from './session';
import { createSessions } from './sessions';
import { SmbError } from './smb-error';
import { readReparsePoint, statOf } from './stat';

export interface SmbShareOptions {
  readonly host: string;
  readonly port?: number;
  readonly share: string;
  readonly user: string;
  /** Empty for a user written as user@domain. */
  readonly domain: string;
  readonly password: string;
  /** Refuses a server that cannot encrypt. One that demands encryption gets it anyway; everything else is signed. */
  readonly requireEncryption?: boolean;
  /** TCP connections at most, opened as they are needed. */
  readonly connections?: number;
  /** Milliseconds a connection may take to come about, and a request to be answered. */
  readonly timeoutMs?: number;
  /** A directory with more entries than these is refused: a server could list without end. 4 Mi unless set. */
  readonly maxEntries?: number;
  /** For tests: the dialects to offer. */
  readonly dialects?: readonly number[];
}

/**
 * A share, read-only. Paths have `/` between names; `''` is the root. Everything throws SmbError. What was underway on a
 * connection that is lost fails, the next call connects anew.
 */
export interface SmbShare {
  /** Every entry of a directory, in the order of the server. */
  list(path: string): Promise<SmbEntry[]>;
  stat(path: string): Promise<SmbInfo>;
  /** A file in one go. */
  readWhole(path: string, options: WholeOptions): Promise<SmbWhole>;
  /** A file in pieces, from its first byte or another. It is read on the connection it was opened on, and lost with it. */
  open(path: string, from?: number): Promise<SmbFile>;
  readReparsePoint(path: string): Promise<ReparsePoint>;
  /** Ends all connections, and with them what is underway. */
  close(): void;
}

const defaults = { port: 445, connections: 4, timeoutMs: 30_000, maxEntries: 4 * 1024 * 1024 } as const;

/** Connects when first used. A connection that nothing is asked of keeps no process alive. */
export function openSmbShare(options: SmbShareOptions): SmbShare {
  const { host, share, user, domain, password, requireEncryption = false, maxEntries = defaults.maxEntries } = options;
  if (user === '') throw new SmbError('insecure', 'An anonymous session is refused: name a user');
  const sessions = createSessions({
    ...{ host, share, requireEncryption, dialects: options.dialects },
    account: { user, domain, password },
    port: options.port ?? defaults.port,
    connections: options.connections ?? defaults.connections,
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
  });

  async function at<T>(
    path: string,
    kind: Create['kind'],
    work: (session: Session, target: Create & { path: string }) => Promise<T>,
  ) {
    const name = wirePath(path);
    const session = sessions.take();
    return work(session instanceof Promise ? await session : session, {
      name,
      kind,
      path: path === '' ? `the root of ${share}` : path,
    });
  }

  return {
    list: (path) => at(path, 'directory', (session, target) => listDirectory(session, target, { maxEntries })),
    stat: (path) => at(path, 'any', statOf),
    readWhole: (path, whole) => at(path, 'file', (session, target) => readWhole(session, target, whole)),
    open: (path, from) => at(path, 'file', (session, target) => openFile(session, target, from)),
    readReparsePoint: (path) => at(path, 'any', readReparsePoint),
    close: sessions.close,
  };
}

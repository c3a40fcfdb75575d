import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import { messageOf } from '../../errors/message-of';
import { plainName } from '../../errors/staging';
import type { Clock } from '../../ports/clock';
import type { StagingReader } from '../../ports/staging-files';
import {
  isDirectory,
  isLink,
  isSmbError,
  openSmbShare,
  type SmbEntry,
  type SmbErrorKind,
  type SmbInfo,
  type SmbShare,
} from '../smb';
import { smbLocation } from './location';
import type { SmbFilesOptions } from './smb-files';

export interface SmbStagingParts {
  /** SQL_BACKUP_DIRECTORY_LOCAL for one server, with the account that reads it. */
  readonly placeOf: (server: string) => SmbFilesOptions;
  readonly clock: Clock;
}

const pieceBytes = 1024 * 1024;

/** A refused account is left alone for so long: each further sign-in brings it nearer to being locked. */
const refusedForMs = 15 * 60_000;

/** Two minutes without an answer, altogether. */
const triesInVain = 7;
const firstPauseMs = 1_000;

interface Reading {
  readonly place: SmbFilesOptions;
  readonly name: string;
  readonly state: SmbInfo;
  readonly from: number;
}

interface OpenShare {
  readonly share: SmbShare;
  refused?: { readonly error: HubkeepError; readonly until: number };
}

/** Staging files on a file server, read without a mount. */
export function createSmbStaging({ placeOf, clock }: SmbStagingParts): StagingReader {
  const shares = new Map<string, OpenShare>();

  function shareAt(place: SmbFilesOptions): OpenShare {
    const key = `${place.host}:${place.port ?? ''}/${place.share}`;
    const known = shares.get(key);
    if (known !== undefined && (known.refused === undefined || clock.now().getTime() < known.refused.until)) return known;
    known?.share.close();
    const opened: OpenShare = { share: openSmbShare(place) };
    shares.set(key, opened);
    return opened;
  }

  async function attempt<T>(
    place: SmbFilesOptions,
    name: string,
    work: (share: SmbShare, path: string) => Promise<T>,
  ): Promise<T> {
    const at = shareAt(place);
    if (at.refused !== undefined) throw at.refused.error;
    const path = [place.directory, name].filter(Boolean).join('/');
    try {
      return await work(at.share, path);
    } catch (error) {
      const unreadable = translate(error, smbLocation(place, path));
      if (isSmbError(error) && error.kind === 'login-refused')
        at.refused = { error: unreadable, until: clock.now().getTime() + refusedForMs };
      throw unreadable;
    }
  }

  async function* readFrom({ place, name, state, from }: Reading): AsyncIterable<Uint8Array> {
    const file = await attempt(place, name, (share, path) => share.open(path, from));
    try {
      if (file.info.size !== state.size || file.info.mtime !== state.mtime)
        throw changed(smbLocation(place, [place.directory, name].filter(Boolean).join('/')));
      for (;;) {
        const piece = Buffer.allocUnsafe(pieceBytes);
        const bytes = await attempt(place, name, () => file.read(piece));
        if (bytes === 0) break;
        yield piece.subarray(0, bytes);
      }
    } finally {
      await file.close().catch(() => undefined);
    }
  }

  /** Throws where another try cannot help, or enough were in vain: a backup that took hours must not be taken again for less. */
  async function pause(error: unknown, inVain: number): Promise<void> {
    if (!isHubkeepError(error) || !error.retryable || inVain >= triesInVain) throw error;
    await clock.sleep(firstPauseMs * 2 ** inVain);
  }

  /** Goes on where a lost connection broke it off. */
  async function* read(file: Omit<Reading, 'from'>): AsyncIterable<Uint8Array> {
    let from = 0;
    for (let inVain = 0; ; inVain++) {
      try {
        for await (const piece of readFrom({ ...file, from })) {
          inVain = 0;
          from += piece.length;
          yield piece;
        }
        return;
      } catch (error) {
        await pause(error, inVain);
      }
    }
  }

  async function stat(place: SmbFilesOptions, name: string): Promise<SmbInfo> {
    for (let inVain = 0; ; inVain++) {
      try {
        return await attempt(place, name, (share, path) => share.stat(path));
      } catch (error) {
        await pause(error, inVain);
      }
    }
  }

  return {
    async open(server, name) {
      const place = placeOf(server);
      const state = await stat(place, plainName(name));
      return { size: state.size, stream: () => read({ place, name, state }) };
    },
    async list(server) {
      const entries = await attempt(placeOf(server), '', (share, path) => share.list(path));
      return entries.filter(isFile).map(({ name }) => name);
    },
  };
}

/** Deduplicated files are reparse points too, and what is there has to be seen, or it would count as removed. */
function isFile(entry: SmbEntry): boolean {
  return !isDirectory(entry) && (entry.reparseTag === undefined || !isLink(entry.reparseTag));
}

const sameDirectory =
  'SQL_BACKUP_DIRECTORY (as SQL Server sees it) and SQL_BACKUP_DIRECTORY_LOCAL (as Hubkeep sees it) must be the same directory.';
const signIn =
  'Check SQL_BACKUP_DIRECTORY_USER and SQL_BACKUP_DIRECTORY_PASSWORD (without them, FILE_SHARE_USER and FILE_SHARE_PASSWORD), and that the account is not locked.';

/** Trying again does not help, and this does. */
const hints: Partial<Record<SmbErrorKind, string>> = {
  'not-found': sameDirectory,
  'share-missing': 'Check the name of the share in SQL_BACKUP_DIRECTORY_LOCAL.',
  'not-a-directory': sameDirectory,
  'not-a-file': sameDirectory,
  'bad-path': sameDirectory,
  reparse: sameDirectory,
  dfs: 'Links of DFS are not followed: name the file server itself in SQL_BACKUP_DIRECTORY_LOCAL.',
  'login-refused': signIn,
  denied: 'Give the account that reads SQL_BACKUP_DIRECTORY_LOCAL read permission on the share and the directory.',
  insecure:
    'Somebody between here and the file server may be changing what it says, or it does not sign: require signing there (SMB 2.1 or later).',
  unsupported:
    'The file server has to speak SMB 2.1 or later and NTLMv2, and to encrypt where FILE_SHARE_REQUIRE_ENCRYPTION is true.',
  blocked: 'This host forbids connections to file servers: see docs/hosting.md for hosts that do not.',
};

function changed(location: string): HubkeepError {
  return new HubkeepError('sql.staging-unreadable', `${location} was written to while it was read`, {
    hint: 'Nothing but SQL Server and Hubkeep may touch SQL_BACKUP_DIRECTORY.',
  });
}

function translate(error: unknown, location: string): HubkeepError {
  const hint = isSmbError(error) ? hints[error.kind] : undefined;
  return new HubkeepError('sql.staging-unreadable', `Cannot read ${location}: ${messageOf(error)}`, {
    hint: hint ?? 'Check host and port in SQL_BACKUP_DIRECTORY_LOCAL, the file server, and the way to it.',
    retryable: isSmbError(error) && hint === undefined,
    cause: error,
  });
}

import { compareNames, type SharePath } from '../../contracts/share-path';
import type { FileSource, FileState, OpenFile, SourceEntry } from '../../ports/file-source';
import {
  isDirectory,
  isLink,
  isSmbError,
  openSmbShare,
  unixNanoseconds,
  type SmbEntry,
  type SmbInfo,
  type SmbShareOptions,
} from '../smb';
import { timestamp } from '../timestamp';
import { smbLocation } from './location';
import { toShareName, toWirePath } from './share-names';
import { translateRootError, translateSmbError } from './translate-error';

export interface SmbFilesOptions extends SmbShareOptions {
  /** Where in the share the source begins; empty for its root. */
  readonly directory: string;
}

/** A share of a file server, read without a mount. */
export function createSmbFiles({ directory, ...options }: SmbFilesOptions): FileSource {
  let share = openSmbShare(options);
  const location = smbLocation(options, directory);
  const wire = (path: SharePath) => toWirePath([directory, path].filter(Boolean).join('/'));

  async function attempt<T>(path: SharePath, work: (wirePath: string) => Promise<T>): Promise<T> {
    try {
      return await work(wire(path));
    } catch (error) {
      throw translateSmbError(error, path);
    }
  }

  async function toEntry(parent: SharePath, entry: SmbEntry): Promise<SourceEntry[]> {
    const name = toShareName(entry.name);
    const state = stateOf(entry);
    if (entry.reparseTag === undefined || !isLink(entry.reparseTag))
      return [{ name, kind: isDirectory(entry) ? 'directory' : 'file', ...state }];
    const path = parent === '' ? name : `${parent}/${name}`;
    try {
      const { target } = await attempt(path, (wirePath) => share.readReparsePoint(wirePath));
      return [
        {
          name,
          kind: target === undefined ? 'other' : 'symlink',
          ...state,
          size: 0,
          ...(target === undefined ? {} : { target }),
        },
      ];
    } catch (error) {
      const { code, message } = translateSmbError(error, path);
      if (code === 'share.vanished') return [];
      if (code === 'share.gone') throw error;
      return [{ name, kind: 'other', ...state, size: 0, problem: { code, message } }];
    }
  }

  return {
    location,

    async check() {
      try {
        await share.list(wire(''));
      } catch (error) {
        // A refused account is tried no further, which would lock it. The next run is another matter.
        if (isSmbError(error) && error.kind === 'login-refused') {
          share.close();
          share = openSmbShare(options);
        }
        throw translateRootError(error, location);
      }
    },

    async list(path) {
      const listed = await attempt(path, (wirePath) => share.list(wirePath));
      const entries = await Promise.all(listed.map((entry) => toEntry(path, entry)));
      return entries.flat().sort((a, b) => compareNames(a.name, b.name));
    },

    readNow: () => undefined,

    async readWhole(path, { seen, limit }) {
      const { content, info } = await attempt(path, (wirePath) => share.readWhole(wirePath, { limit, expected: seen.size }));
      const state = stateOf(info);
      return { state, changed: !isSame(state, seen) || content.length !== state.size, content };
    },

    async open(path): Promise<OpenFile> {
      const file = await attempt(path, (wirePath) => share.open(wirePath));
      const opened = stateOf(file.info);
      let size = 0;
      return {
        ...opened,
        async read(into) {
          const bytes = await attempt(path, () => file.read(into));
          size += bytes;
          return bytes;
        },
        async close() {
          const closed = stateOf(await attempt(path, () => file.close()));
          const changed = closed.size !== opened.size || closed.mtime !== opened.mtime || size !== opened.size;
          return { ...opened, size, changed };
        },
      };
    },
  };
}

function stateOf(info: SmbInfo): FileState {
  const changeTime = info.changeTime === 0n ? {} : { ctime: timestamp(unixNanoseconds(info.changeTime)) };
  return { size: isDirectory(info) ? 0 : info.size, mtime: timestamp(unixNanoseconds(info.mtime)), ...changeTime };
}

function isSame(one: FileState, other: FileState): boolean {
  return one.size === other.size && one.mtime === other.mtime && one.ctime === other.ctime;
}

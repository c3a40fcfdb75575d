import { type BigIntStats, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { bytesToPath, compareNames, type SharePath } from '../../contracts/share-path';
import type { EntryKind, FileSource, SourceEntry } from '../../ports/file-source';
import { createLatency } from './latency';
import { nativePath } from './native-path';
import { openLocalFile } from './open-local-file';
import { createInstantReader, readWhole } from './read-local-file';
import { timestamp } from '../timestamp';
import { missingRoot, replacedEntry, translateFileError, translateRootError } from './translate-error';

/** A listed entry takes some microseconds from a disk and a good part of a millisecond from a network. */
const listing = { slowMs: 0.25, enough: 500, patience: 100_000 };
/** Of small files: what larger ones take is their size. */
const reading = { slowMs: 0.25, enough: 100, patience: 20_000 };
const smallFile = 64 * 1024;
const entriesInFlight = 64;

/** A directory that the operating system shows: a local disk, a mounted share or a UNC path. */
export function createLocalFiles(directory: string): FileSource {
  const root = directory.replace(/(?<=.)[\\/]+$/, '');
  const listings = createLatency(listing);
  const reads = createLatency(reading);
  const readAtOnce = createInstantReader();

  return {
    location: root,

    async check() {
      const refused = (error: unknown): never => {
        throw translateRootError(error, root);
      };
      const stats = await lstat(root).catch(refused);
      if (!stats.isDirectory() && !stats.isSymbolicLink()) throw missingRoot(root);
      await readdir(root).catch(refused);
    },

    list(path) {
      if (listings.isSlow()) return listConcurrently(root, path);
      const started = performance.now();
      const entries = listAtOnce(root, path);
      listings.took(performance.now() - started, entries.length + 1);
      return entries;
    },

    readNow(path, options) {
      if (reads.isSlow()) return undefined;
      const started = performance.now();
      const file = readAtOnce({ native: nativePath(root, path), path }, options);
      if (file.content.length <= smallFile) reads.took(performance.now() - started);
      return file;
    },
    readWhole: (path, options) => readWhole({ native: nativePath(root, path), path }, options),

    open: (path) => openLocalFile(nativePath(root, path), path),
  };
}

function listAtOnce(root: string, directory: SharePath): SourceEntry[] {
  const place = nativePath(root, directory);
  const names = attempt(directory, () => {
    const plain = readdirSync(place, 'utf8');
    return plain.some(mayHideBytes) ? namesOf(readdirSync(place, 'buffer')) : sorted(plain);
  });
  const entries: SourceEntry[] = [];
  for (const name of names) {
    const native = nativePath(root, child(directory, name));
    try {
      entries.push(toEntry(name, lstatSync(native, { bigint: true }), () => bytesToPath(readlinkSync(native, 'buffer'))));
    } catch (error) {
      entries.push(...unreadableEntry(directory, name, error));
    }
  }
  const stats = attempt(directory, () => lstatSync(place));
  refuseReplaced(directory, stats);
  return entries;
}

/** True of a name that may not have been UTF-8: its bytes have to be looked at. */
function mayHideBytes(name: string): boolean {
  return name.includes('\uFFFD');
}

async function listConcurrently(root: string, directory: SharePath): Promise<SourceEntry[]> {
  const place = nativePath(root, directory);
  const translated = (error: unknown): never => {
    throw translateFileError(error, directory);
  };
  const listing = await readdir(place, 'buffer').catch(translated);
  const names = namesOf(listing);
  const entries: (SourceEntry | undefined)[] = new Array<SourceEntry | undefined>(names.length);
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < names.length; i = next++) {
      entries[i] = await statEntry(root, directory, names[i] ?? '');
    }
  };
  await Promise.all(Array.from({ length: Math.min(entriesInFlight, names.length) }, lane));
  refuseReplaced(directory, await lstat(place).catch(translated));
  return entries.filter((entry) => entry !== undefined);
}

async function statEntry(root: string, directory: SharePath, name: string): Promise<SourceEntry | undefined> {
  const path = child(directory, name);
  const native = nativePath(root, path);
  try {
    const stats = await lstat(native, { bigint: true });
    const target = stats.isSymbolicLink() ? bytesToPath(await readlink(native, 'buffer')) : '';
    return toEntry(name, stats, () => target);
  } catch (error) {
    return unreadableEntry(directory, name, error)[0];
  }
}

/**
 * A listing follows a link that took the directory's place. Looked at last, so that nothing behind the link counts;
 * the root alone may be one.
 */
function refuseReplaced(directory: SharePath, stats: Stats) {
  if (directory !== '' && !stats.isDirectory()) throw replacedEntry(directory);
}

/** Nothing when it vanished meanwhile. One entry that refuses to be looked at must not hide the rest of its directory. */
function unreadableEntry(directory: SharePath, name: string, error: unknown): SourceEntry[] {
  const { code, message } = translateFileError(error, child(directory, name));
  return code === 'share.vanished' ? [] : [{ name, kind: 'other', size: 0, mtime: timestamp(0n), problem: { code, message } }];
}

function attempt<T>(path: SharePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateFileError(error, path);
  }
}

function namesOf(listing: readonly Buffer[]): string[] {
  return sorted(listing.map(bytesToPath));
}

/** JavaScript's own order is that of bytes up to the surrogates, and many times as fast as any comparison of ours. */
function sorted(names: string[]): string[] {
  return names.some(isBeyondBytes) ? names.sort(compareNames) : names.sort();
}

function isBeyondBytes(name: string): boolean {
  return /[\uD800-\uFFFF]/.test(name);
}

function toEntry(name: string, stats: BigIntStats, target: () => string): SourceEntry {
  const kind = kindOf(stats);
  return {
    name,
    kind,
    size: kind === 'file' ? Number(stats.size) : 0,
    mtime: timestamp(stats.mtimeNs),
    ctime: timestamp(stats.ctimeNs),
    ...(kind === 'symlink' ? { target: target() } : {}),
  };
}

function kindOf(stats: BigIntStats): EntryKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

function child(directory: SharePath, name: string): SharePath {
  return directory === '' ? name : `${directory}/${name}`;
}

import picomatch from 'picomatch';
import type { FileShareRecord } from '../contracts/recovery-point';
import { isWithin, type SharePath } from '../contracts/share-path';
import type { BlobStore } from '../ports/blob-store';
import type { Timestamp } from '../ports/file-source';
import type { FileTarget } from '../ports/file-target';
import { cutFile, decompressExtent, type RangedFile, streamFile } from '../repository/extent-reader';
import type { IndexEntry } from '../repository/index-entry';
import { readIndex } from '../repository/index-reader';
import { layout } from '../repository/layout';
import { inParallel } from './in-parallel';
import { type PackRead, planReads } from './plan-reads';

export interface RestoreShareOptions {
  readonly store: BlobStore;
  readonly target: FileTarget;
  readonly share: FileShareRecord;
  /** Globs over share paths; everything when empty. A directory that matches brings all it holds. */
  readonly include: readonly string[];
  readonly onProgress?: (files: number, bytes: number) => void;
}

export interface RestoredShare {
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly bytes: number;
}

/** Content of this size and more is streamed and never held whole. */
const streamedFrom = 8 * 1024 * 1024;
const readsInFlight = 4;

/**
 * Writes the share of a point into an empty target. Links are made after all files, so that nothing is ever written
 * through one, and directory times last. Every byte is hashed before it counts.
 */
export async function restoreShare(options: RestoreShareOptions): Promise<RestoredShare> {
  const { store, target, share } = options;
  const wanted = createFilter(options.include);
  const made = new Set<SharePath>();
  const directoryTimes: { path: SharePath; mtime: Timestamp }[] = [];
  const symlinks: { path: SharePath; target: string }[] = [];
  const restored = { files: 0, directories: 0, symlinks: 0, bytes: 0 };

  async function makeParents(path: SharePath) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      await makeDirectory(path.slice(0, slash));
  }

  async function makeDirectory(path: SharePath) {
    if (made.has(path)) return;
    made.add(path);
    await target.makeDirectory(path);
    restored.directories += 1;
  }

  function count(bytes: number) {
    restored.files += 1;
    restored.bytes += bytes;
    options.onProgress?.(restored.files, restored.bytes);
  }

  async function restorePart(entries: readonly IndexEntry[]) {
    const held: RangedFile[] = [];
    for (const entry of entries) {
      if (entry.type === 'directory') directoryTimes.push({ path: entry.path, mtime: entry.mtime });
      if (!wanted(entry.path)) continue;
      await makeParents(entry.path);
      if (entry.type === 'directory') await makeDirectory(entry.path);
      else if (entry.type === 'symlink') symlinks.push(entry);
      else if (entry.extent === undefined) {
        await target.writeFile(entry.path, empty, entry.mtime);
        count(0);
      } else if (entry.size >= streamedFrom) {
        await target.writeLargeFile(entry.path, streamFile(store, { entry, extent: entry.extent }), entry.mtime);
        count(entry.size);
      } else held.push({ entry, extent: entry.extent });
    }
    await inParallel(planReads(held), readsInFlight, writeFiles);
  }

  async function writeFiles({ pack, range, extents }: PackRead) {
    const { content } = await store.read(layout.pack(pack), range);
    for (const { offset, length, files } of extents) {
      const bytes = content.subarray(offset - range.offset, offset - range.offset + length);
      const needed = Math.max(...files.map(({ entry, extent }) => extent.skip + entry.size));
      const first = files[0];
      if (first === undefined) continue;
      const frames = decompressExtent(bytes, first.extent, needed + frameSlack);
      for (const file of files) {
        await target.writeFile(file.entry.path, cutFile(file, frames), file.entry.mtime);
        count(file.entry.size);
      }
    }
    options.onProgress?.(restored.files, restored.bytes);
  }

  await target.prepare();
  for await (const { lines } of readIndex(store, share.segments)) await restorePart(lines.map(({ entry }) => entry));
  for (const { path, target: points } of symlinks) {
    await target.makeSymlink(path, points);
    restored.symlinks += 1;
  }
  for (const { path, mtime } of directoryTimes.reverse()) {
    if (made.has(path)) await target.setDirectoryTime(path, mtime);
  }
  return restored;
}

/** A frame may hold other files behind the last one wanted: at most one frame of 1 MiB, and room to spare. */
const frameSlack = 16 * 1024 * 1024;
const empty = new Uint8Array(0);

function createFilter(globs: readonly string[]): (path: SharePath) => boolean {
  if (globs.length === 0) return () => true;
  const matches = picomatch([...globs], { dot: true });
  let within: SharePath | undefined;
  return (path) => {
    if (within !== undefined && isWithin(path, within)) return true;
    if (!matches(path)) return false;
    within = path;
    return true;
  };
}

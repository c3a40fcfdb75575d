import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDirectory, type SmbEntry, type SmbShare, unixNanoseconds } from '../../../src/adapters/smb';

const lanes = 24;

/** Every file below `directory`, by its path. */
export async function filesOf(share: SmbShare, directory: string): Promise<Map<string, SmbEntry>> {
  const files = new Map<string, SmbEntry>();
  const walk = async (path: string): Promise<void> => {
    const directories: string[] = [];
    for (const entry of await share.list(path)) {
      const child = path === '' ? entry.name : `${path}/${entry.name}`;
      if (isDirectory(entry)) directories.push(child);
      else files.set(child, entry);
    }
    await Promise.all(directories.map(walk));
  };
  await walk(directory);
  return files;
}

/**
 * Reads all files and names those that differ from what lies in `directory`: in content, size or time. Samba gives the time of
 * the last write as that of the last change, so that only has to be the same in a listing and after a read.
 */
export async function differing(share: SmbShare, directory: string, files: ReadonlyMap<string, SmbEntry>): Promise<string[]> {
  const wrong: string[] = [];
  const left = [...files];
  const lane = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [path, entry] = next;
      const { content, info } = await share.readWhole(path, { limit: 1024 * 1024, expected: entry.size });
      const place = join(directory, path);
      const stats = lstatSync(place, { bigint: true });
      const isSame =
        content.equals(readFileSync(place)) &&
        entry.size === content.length &&
        unixNanoseconds(entry.mtime) === hundreds(stats.mtimeNs) &&
        info.size === entry.size &&
        info.mtime === entry.mtime &&
        info.changeTime === entry.changeTime;
      if (!isSame) wrong.push(path);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return wrong;
}

/** Times go over the wire in units of 100 ns. */
function hundreds(ns: bigint): bigint {
  return ns - (((ns % 100n) + 100n) % 100n);
}

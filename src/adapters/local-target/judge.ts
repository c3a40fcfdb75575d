import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { bytesToPath, shownPath, type SharePath } from '../../contracts/share-path';
import type { Timestamp } from '../../ports/file-source';
import type { TargetFile, TargetLink, Verdict, WriterData } from '../../ports/file-target';
import { safePath, type Places } from './safe-path';

/** The coarsest step in which a file system keeps times. */
const timeStepMs = 2_000;
const second = 1_000;

export type MergingData = WriterData & { readonly overwrite: NonNullable<WriterData['overwrite']> };

export interface Judged {
  readonly verdict: Verdict;
  readonly place: string | Buffer;
  /** What is to be replaced. */
  readonly found?: Stats;
}

export const isToWrite = ({ is }: Verdict): boolean => is === 'create' || is === 'replace';

export function lookAt(place: string | Buffer): Stats | undefined {
  return lstatSync(place, { throwIfNoEntry: false });
}

/** What becomes of a file in a target that may hold something. */
export function judgeFile(data: MergingData, file: TargetFile): Judged {
  const place = safePath(data, file.path);
  const why = blockOnTheWay(data, file.path);
  if (why !== undefined) return { place, verdict: { is: 'blocked', why } };
  const found = lookAt(place);
  if (found === undefined) return { place, verdict: { is: 'create' } };
  if (!found.isFile()) return { place, verdict: { is: 'blocked', why: `${nameOf(found)} is there` } };
  return { place, found, verdict: { is: judgeFound(data, file, found) } };
}

function judgeFound(data: MergingData, { size, mtime }: TargetFile, found: Stats): 'replace' | 'equal' | 'kept' {
  const isSame = isSameTime(found, mtime);
  if (isSame && mayBeLost(data, found)) return 'replace';
  if (isSame && found.size === size) return 'equal';
  return isOverwritten(data, { found, mtime }) ? 'replace' : 'kept';
}

/** What this restore itself wrote before the machine went down may have its size and time without its content. */
function mayBeLost({ resumed }: MergingData, { ctimeMs }: Stats): boolean {
  return resumed !== undefined && !resumed.trusted && ctimeMs >= resumed.beganMs;
}

function isOverwritten({ overwrite }: MergingData, { found, mtime }: { found: Stats; mtime: Timestamp }): boolean {
  if (overwrite !== 'older') return overwrite === 'always';
  return !isSameTime(found, mtime) && found.mtimeMs < Number(mtime) * second;
}

export function judgeLink(data: MergingData, { path, target, mtime }: TargetLink): Judged {
  const place = safePath(data, path);
  const why = blockOnTheWay(data, path);
  if (why !== undefined) return { place, verdict: { is: 'blocked', why } };
  const found = lookAt(place);
  if (found === undefined) return { place, verdict: { is: 'create' } };
  if (!found.isSymbolicLink()) return { place, verdict: { is: 'blocked', why: `${nameOf(found)} is there` } };
  if (targetOf(place) === target) return { place, verdict: { is: 'equal' } };
  return { place, verdict: { is: isOverwritten(data, { found, mtime }) ? 'replace' : 'kept' } };
}

/** @param path of a directory whose parents were looked at before. */
export function judgeDirectory(places: Places, path: SharePath): Judged {
  const place = safePath(places, path);
  const found = lookAt(place);
  if (found === undefined) return { place, verdict: { is: 'create' } };
  if (found.isDirectory()) return { place, found, verdict: { is: 'equal' } };
  return { place, verdict: { is: 'blocked', why: `${nameOf(found)} is there` } };
}

export function targetOf(place: string | Buffer): string {
  return bytesToPath(readlinkSync(place, 'buffer'));
}

/** Within the step of any file system. */
export function isNear({ mtimeMs }: Stats, mtime: Timestamp): boolean {
  return Math.abs(mtimeMs - Number(mtime) * second) <= timeStepMs;
}

/** The time that a restore gives a file, on a file system that keeps it to the millisecond or to the second. */
function isSameTime({ mtimeMs }: Stats, mtime: Timestamp): boolean {
  const wanted = Number(mtime) * second;
  return Math.abs(mtimeMs - wanted) < 1 || mtimeMs === Math.floor(wanted / second) * second;
}

/** A link on the way would take what is written below it to another place. */
export function blockOnTheWay(places: Places, path: SharePath): string | undefined {
  for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
    const above = path.slice(0, end);
    const found = lookAt(safePath(places, above));
    if (found === undefined) return undefined;
    if (!found.isDirectory()) return `${shownPath(above)} is ${nameOf(found)}`;
  }
  return undefined;
}

export function nameOf(found: Stats): string {
  if (found.isSymbolicLink()) return 'a link';
  if (found.isDirectory()) return 'a directory';
  return found.isFile() ? 'a file' : 'no file';
}

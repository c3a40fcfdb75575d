import { randomBytes } from 'node:crypto';
import { lutimesSync, mkdirSync, type Stats, symlinkSync } from 'node:fs';
import { isEscaped, pathToBytes, type SharePath } from '../../contracts/share-path';
import type { FileTarget, TargetLink, Verdict, WriterData } from '../../ports/file-target';
import { attempt, codeIs, notOurs } from './failed-write';
import { isToWrite, judgeDirectory, judgeLink, lookAt, type MergingData, targetOf } from './judge';
import { createLineFile, type LineFile } from './line-file';
import { putInPlace } from './merging-writer';
import { readTarget, removeMarker, removeNotes, reservedFor, writeMarker } from './restore-marker';
import { safePath } from './safe-path';
import { utimesSeconds } from './utimes-seconds';

const epoch = 0;
const created: Verdict = { is: 'create' };

interface Begun {
  readonly data: WriterData;
  /** Every link, and `[path, mtime]` of every directory. */
  readonly links: LineFile;
  readonly times: LineFile;
}

/**
 * A directory on this machine, or a mounted share.
 * @param bootId of the machine: what it wrote before it went down is not relied upon.
 */
export function createLocalTarget(directory: string, bootId: string): FileTarget {
  const root = rootOf(directory);
  let begun: Begun | undefined;

  function started(): Begun {
    if (begun === undefined) throw new Error('the restore was not begun');
    return begun;
  }

  return {
    location: root,

    check: (identity) => ({ isUnfinished: readTarget(root, identity, bootId) !== 'new' }),

    begin(identity) {
      const state = readTarget(root, identity, bootId);
      const reserved = reservedFor(identity);
      const { overwrite } = identity;
      mkdirSync(root, { recursive: true });
      if (state === 'new') writeMarker(root, identity, bootId);
      else removeNotes(root, reserved);
      const data = {
        root,
        reserved,
        ...(overwrite === undefined ? {} : { overwrite }),
        ...(state === 'new' ? {} : { resumed: state }),
      };
      begun = {
        data,
        links: createLineFile(`${root}/${reserved}.links`),
        times: createLineFile(`${root}/${reserved}.times`),
      };
      return data;
    },

    makeDirectory(path, mtime) {
      const { data, times } = started();
      return attempt(path, () => {
        const { verdict, found } = makeDirectory(data, path);
        if (mtime !== undefined && mayHaveTime(data, verdict, found)) times.append(JSON.stringify([path, mtime]));
        return verdict;
      });
    },

    makeSymlink(link) {
      const { data, links } = started();
      return attempt(link.path, () => {
        safePath(data, link.path);
        const verdict = isMerging(data) ? judgeLink(data, link).verdict : created;
        if (isToWrite(verdict)) links.append(JSON.stringify(link));
        return verdict;
      });
    },

    end() {
      const { data, links, times } = started();
      for (const link of parsed<TargetLink>(links)) {
        attempt(link.path, () => {
          if (isMerging(data)) mergeLink(data, link);
          else makeLink(safePath(data, link.path), link);
        });
      }
      for (const [path, mtime] of parsed<[SharePath, string]>(times)) {
        attempt(path, () => {
          lutimesSync(safePath(data, path), epoch, utimesSeconds(mtime));
        });
      }
      removeNotes(root, data.reserved);
      removeMarker(root, data.reserved);
    },
  };
}

export function rootOf(directory: string): string {
  return directory.replace(/(?<=.)[\\/]+$/, '');
}

export function isMerging(data: WriterData): data is MergingData {
  return data.overwrite !== undefined;
}

export function makeDirectory(data: WriterData, path: SharePath): { verdict: Verdict; found?: Stats } {
  const place = safePath(data, path);
  try {
    mkdirSync(place);
    return { verdict: created };
  } catch (error) {
    if (!codeIs(error, 'EEXIST')) throw error;
    const judged = judgeDirectory(data, path);
    if (isMerging(data)) return judged;
    // A link to a directory would take what is written below it out of the target.
    if (data.resumed === undefined || judged.verdict.is === 'blocked') throw notOurs(path);
    return judged;
  }
}

/** A directory that is not to be changed keeps its time; one that this restore itself made before it broke off is not of those. */
export function mayHaveTime({ overwrite, resumed }: WriterData, { is }: Verdict, found: Stats | undefined): boolean {
  if (is === 'blocked') return false;
  if (overwrite !== 'never' || is === 'create') return true;
  return resumed !== undefined && found !== undefined && found.birthtimeMs >= resumed.beganMs;
}

function makeLink(place: string | Buffer, { path, target }: TargetLink) {
  try {
    symlinkSync(asStored(target), place);
  } catch (error) {
    if (!codeIs(error, 'EEXIST')) throw error;
    if (lookAt(place)?.isSymbolicLink() !== true || targetOf(place) !== target) throw notOurs(path);
  }
}

/** What came to its place since it was looked at is left alone. */
export function mergeLink(data: MergingData, link: TargetLink) {
  const judged = judgeLink(data, link);
  if (!isToWrite(judged.verdict)) return;
  const part = `${data.root}/${data.reserved}.${randomBytes(4).toString('hex')}-link.part`;
  symlinkSync(asStored(link.target), part);
  const verdict = putInPlace(part, judged);
  if (verdict.is === 'blocked') throw new Error(verdict.why);
}

function asStored(target: string): string | Buffer {
  return isEscaped(target) ? pathToBytes(target) : target;
}

function* parsed<T>(lines: LineFile): Generator<T> {
  for (const line of lines.lines()) yield JSON.parse(line) as T;
}

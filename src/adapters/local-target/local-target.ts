import { lstatSync, lutimesSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { bytesToPath, isEscaped, pathToBytes, type SharePath } from '../../contracts/share-path';
import type { FileTarget } from '../../ports/file-target';
import { codeIs, failedWrite, notOurs } from './failed-write';
import { createLineFile, type LineFile } from './line-file';
import { readTarget, removeMarker, removeNotes, reservedFor, writeMarker } from './restore-marker';
import { safePath, type Places } from './safe-path';
import { utimesSeconds } from './utimes-seconds';

const epoch = 0;

interface Begun extends Places {
  readonly isResumed: boolean;
  /** `[path, target]` of every link, and `[path, mtime]` of every directory. */
  readonly links: LineFile;
  readonly times: LineFile;
}

/**
 * A directory on this machine, or a mounted share.
 * @param bootId of the machine: what it wrote before it went down is not relied upon.
 */
export function createLocalTarget(directory: string, bootId: string): FileTarget {
  const root = directory.replace(/(?<=.)[\\/]+$/, '');
  let begun: Begun | undefined;

  function started(): Begun {
    if (begun === undefined) throw new Error('the restore was not begun');
    return begun;
  }

  return {
    location: root,

    check: (identity) => ({ isUnfinished: readTarget(root, identity, bootId) !== 'empty' }),

    begin(identity) {
      const state = readTarget(root, identity, bootId);
      const reserved = reservedFor(identity);
      mkdirSync(root, { recursive: true });
      if (state === 'empty') writeMarker(root, identity, bootId);
      else removeNotes(root, reserved);
      begun = {
        root,
        reserved,
        isResumed: state !== 'empty',
        links: createLineFile(`${root}/${reserved}.links`),
        times: createLineFile(`${root}/${reserved}.times`),
      };
      return { root, reserved, ...(state === 'empty' ? {} : { resumed: state }) };
    },

    makeDirectory(path, mtime) {
      const { isResumed, times, ...places } = started();
      attempt(path, () => {
        makeDirectory(safePath(places, path), path, isResumed);
      });
      if (mtime !== undefined) times.append(JSON.stringify([path, mtime]));
    },

    makeSymlink(path, target) {
      const { links, ...places } = started();
      safePath(places, path);
      links.append(JSON.stringify([path, target]));
    },

    end() {
      const { links, times, ...places } = started();
      for (const [path, target] of parsed(links)) {
        attempt(path, () => {
          makeLink(safePath(places, path), path, target);
        });
      }
      for (const [path, mtime] of parsed(times)) {
        attempt(path, () => {
          lutimesSync(safePath(places, path), epoch, utimesSeconds(mtime));
        });
      }
      removeNotes(root, places.reserved);
      removeMarker(root, places.reserved);
    },
  };
}

function makeDirectory(place: string | Buffer, path: SharePath, isResumed: boolean) {
  try {
    mkdirSync(place);
  } catch (error) {
    if (!codeIs(error, 'EEXIST')) throw error;
    // A link to a directory would take what is written below it out of the target.
    if (!isResumed || !lstatSync(place).isDirectory()) throw notOurs(path);
  }
}

function makeLink(place: string | Buffer, path: SharePath, target: string) {
  try {
    symlinkSync(isEscaped(target) ? pathToBytes(target) : target, place);
  } catch (error) {
    if (!codeIs(error, 'EEXIST')) throw error;
    const isOurs = lstatSync(place).isSymbolicLink() && bytesToPath(readlinkSync(place, 'buffer')) === target;
    if (!isOurs) throw notOurs(path);
  }
}

function* parsed(lines: LineFile): Generator<[SharePath, string]> {
  for (const line of lines.lines()) yield JSON.parse(line) as [SharePath, string];
}

function attempt<T>(path: SharePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failedWrite(path, error);
  }
}

import { randomBytes } from 'node:crypto';
import { lutimesSync, mkdirSync } from 'node:fs';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { FileTarget, OpenSharedTarget, RestoreIdentity, Verdict } from '../../ports/file-target';
import { attempt } from './failed-write';
import { blockOnTheWay, isToWrite, judgeDirectory, judgeLink, lookAt, type MergingData, nameOf } from './judge';
import { makeDirectory, mayHaveTime, mergeLink, rootOf } from './local-target';
import { hasMarker, readTarget, removeMarker, removeNotes, reservedFor, writeMarker } from './restore-marker';
import { safePath } from './safe-path';
import { utimesSeconds } from './utimes-seconds';

const epoch = 0;
const equal: Verdict = { is: 'equal' };

/** Targets below one directory of this machine, or of a mounted share. */
export function createSharedTargets(parent: string, bootId: string): OpenSharedTarget {
  const above = rootOf(parent);

  return (directory) => {
    const root = directory === '.' ? above : `${above}/${directory}`;

    /** What any of the writers goes by. A target that was empty holds nothing but what they wrote. */
    function dataOf(identity: RestoreIdentity): MergingData {
      refuseLinks(above, directory);
      const attempt = randomBytes(4).toString('hex');
      const state = hasMarker(root, identity) ? readTarget(root, identity, bootId) : 'new';
      if (state === 'new') throw new HubkeepError('restore.incomplete', `${root} is no longer the target of this restore`);
      return { root, reserved: reservedFor(identity), overwrite: identity.overwrite ?? 'always', attempt, resumed: state };
    }

    function targetOf(
      identity: RestoreIdentity,
      parts: (data: MergingData) => Pick<FileTarget, 'makeDirectory' | 'makeSymlink'> & Partial<FileTarget>,
    ): FileTarget {
      const data = dataOf(identity);
      return { location: root, check: () => ({ isUnfinished: true }), begin: () => data, end: () => undefined, ...parts(data) };
    }

    return {
      open(identity) {
        refuseLinks(above, directory);
        if (readTarget(root, identity, bootId) !== 'new') return;
        attempt(directory, () => mkdirSync(root, { recursive: true }));
        attempt(directory, () => {
          writeMarker(root, identity, bootId);
        });
      },

      part: (identity) =>
        targetOf(identity, (data) => ({
          end: () => removeNotes(root, `${data.reserved}.${data.attempt ?? ''}`),
          makeDirectory: (path) => attempt(path, () => makeDirectory(data, path).verdict),
          makeSymlink: () => equal,
        })),

      links: (identity) =>
        targetOf(identity, (data) => ({
          makeDirectory: (path) => attempt(path, () => judgeDirectory(data, path).verdict),
          makeSymlink(link) {
            return attempt(link.path, () => {
              const { verdict } = judgeLink(data, link);
              if (isToWrite(verdict)) mergeLink(data, link);
              return verdict;
            });
          },
        })),

      times: (identity) =>
        targetOf(identity, (data) => ({
          makeDirectory(path, mtime) {
            return attempt(path, () => {
              const { verdict, found } = judgeDirectory(data, path);
              const isOurs = verdict.is === 'equal' && mayHaveTime(data, verdict, found);
              if (mtime !== undefined && isOurs) lutimesSync(safePath(data, path), epoch, utimesSeconds(mtime));
              return verdict;
            });
          },
          makeSymlink: () => equal,
        })),

      close(identity) {
        if (!hasMarker(root, identity)) return;
        const reserved = reservedFor(identity);
        removeNotes(root, reserved);
        removeMarker(root, reserved);
      },
    };
  };
}

/** Throws unless `above` is a directory, and what there is below it on the way are plain directories. */
function refuseLinks(above: string, directory: string) {
  if (lookAt(`${above}/.`)?.isDirectory() !== true) {
    throw new HubkeepError('restore.incomplete', `RESTORE_DIRECTORY ${above} is not a directory here`, {
      hint: 'Create it, or mount what belongs there, on every host that runs restores.',
    });
  }
  if (directory === '.') return;
  const places = { root: above, reserved: '/' };
  const found = lookAt(safePath(places, directory));
  const why =
    blockOnTheWay(places, directory) ??
    (found === undefined || found.isDirectory() ? undefined : `${directory} is ${nameOf(found)}`);
  if (why !== undefined) throw new HubkeepError('restore.unsafe-path', `${above} cannot be restored into: ${why}`);
}

import type { FileTarget, Verdict, WriterData } from '../../ports/file-target';
import { attempt } from './failed-write';
import { judgeDirectory, judgeLink } from './judge';
import { isMerging, rootOf } from './local-target';
import { readTarget, reservedFor } from './restore-marker';
import { safePath } from './safe-path';

const created: Verdict = { is: 'create' };

/** The same directory for a restore that only says what it would do: nothing is written, not even the directory. */
export function createPreviewTarget(directory: string, bootId: string): FileTarget {
  const root = rootOf(directory);
  let data: WriterData = { root, reserved: '' };
  return {
    location: root,

    check: (identity) => ({ isUnfinished: readTarget(root, identity, bootId) !== 'new' }),

    begin(identity) {
      const state = readTarget(root, identity, bootId);
      const { overwrite } = identity;
      data = {
        root,
        reserved: reservedFor(identity),
        ...(overwrite === undefined ? {} : { overwrite }),
        ...(state === 'new' ? {} : { resumed: state }),
      };
      return data;
    },

    makeDirectory: (path) => attempt(path, () => judgeDirectory(data, path).verdict),

    makeSymlink(link) {
      return attempt(link.path, () => {
        safePath(data, link.path);
        return isMerging(data) ? judgeLink(data, link).verdict : created;
      });
    },

    end: () => undefined,
  };
}

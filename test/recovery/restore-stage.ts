import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalTarget } from '../../src/adapters/local-target/local-target';
import { createPreviewTarget } from '../../src/adapters/local-target/preview-target';
import type { Overwrite } from '../../src/contracts/overwrite';
import type { FileShareRecord } from '../../src/contracts/recovery-point';
import { createPathList } from '../../src/recovery/path-list';
import { restoreShare, type RestoredShare } from '../../src/recovery/restore-share';
import type { BlobStore } from '../../src/ports/blob-store';
import { spawnWriter } from '../support/writer-threads';

export const recoveryPoint = '20261122T020000Z-7f3a';

export interface RestoreRequest {
  readonly store: BlobStore;
  readonly share: FileShareRecord;
  readonly target: string;
  readonly include?: readonly string[];
  readonly paths?: readonly string[];
  readonly overwrite?: Overwrite;
  readonly isPreview?: boolean;
  readonly bootId?: string;
  readonly threads?: number;
}

export function restore({
  store,
  share,
  target,
  include = [],
  paths,
  overwrite,
  isPreview = false,
  bootId = 'boot',
  threads = 2,
}: RestoreRequest): Promise<RestoredShare> {
  const list = paths === undefined ? undefined : createPathList(paths);
  const identity = {
    ...{ recoveryPoint, include },
    ...(list === undefined ? {} : { paths: list.hash }),
    ...(overwrite === undefined ? {} : { overwrite }),
  };
  const to = isPreview ? createPreviewTarget(target, bootId) : createLocalTarget(target, bootId);
  return restoreShare({ store, share, target: to, identity, list, isPreview, spawn: spawnWriter, threads });
}

/** Directories that go when the tests are over. */
export function createPlaces() {
  const root = mkdtempSync(join(tmpdir(), 'hubkeep-restore-'));
  let made = 0;
  return {
    root,
    fresh: () => join(root, `target-${(made += 1)}`),
    dispose: () => {
      rmSync(root, { recursive: true });
    },
  };
}

/** Every entry with what it is: content, target of a link, and the time to the millisecond of all but links. */
export function contentOf(directory: string): Record<string, unknown> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const place = join(directory, path);
      const stats = lstatSync(place);
      if (stats.isSymbolicLink()) return [path, ['link', readlinkSync(place)]];
      return [path, [stats.isFile() ? readFileSync(place).toString('base64') : 'directory', Math.floor(stats.mtimeMs)]];
    }),
  );
}

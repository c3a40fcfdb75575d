import type { ShareCounts } from '../contracts/recovery-point';

export function noCounts(): ShareCounts {
  return {
    files: 0,
    directories: 0,
    symlinks: 0,
    bytes: 0,
    added: 0,
    changed: 0,
    removed: 0,
    unchanged: 0,
    bytesRead: 0,
    bytesStored: 0,
    reused: 0,
    failed: 0,
    stale: 0,
  };
}

export function addCounts(a: ShareCounts, b: ShareCounts): ShareCounts {
  return {
    files: a.files + b.files,
    directories: a.directories + b.directories,
    symlinks: a.symlinks + b.symlinks,
    bytes: a.bytes + b.bytes,
    added: a.added + b.added,
    changed: a.changed + b.changed,
    removed: a.removed + b.removed,
    unchanged: a.unchanged + b.unchanged,
    bytesRead: a.bytesRead + b.bytesRead,
    bytesStored: a.bytesStored + b.bytesStored,
    reused: a.reused + b.reused,
    failed: a.failed + b.failed,
    stale: a.stale + b.stale,
  };
}

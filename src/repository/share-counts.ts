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
    excluded: 0,
  };
}

export function addCounts(a: ShareCounts, b: ShareCounts): ShareCounts {
  const sum = noCounts();
  for (const key of Object.keys(sum) as (keyof ShareCounts)[]) sum[key] = a[key] + b[key];
  return sum;
}

import type { BackupControl, BackupProgress } from './backup-parts';

/** Counts bytes of work that is `total` bytes in all, and tells each whole percent once. */
export function createByteProgress(
  total: number,
  step: BackupProgress['step'],
  { onProgress }: BackupControl,
): (bytes: number) => void {
  let done = 0;
  let told = -1;
  return (bytes) => {
    done += bytes;
    const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100));
    if (percent > told) onProgress?.({ step, percent });
    told = Math.max(told, percent);
  };
}

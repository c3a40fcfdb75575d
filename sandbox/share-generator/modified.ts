import { execFileSync } from 'node:child_process';
import { utimesSync, type PathLike } from 'node:fs';

const firstModified = Date.UTC(2021, 2, 14, 1, 59, 26) / 1000;

/** Gives a file a modification time of its own, never on a whole second: number 0 in March 2021, 75,000 in 2025. */
export function setModified(path: PathLike, { number }: { number: number }): void {
  const seconds = firstModified + number * 1801 + ((number * 7919 + 123_457) % 999_983) / 1e6;
  utimesSync(path, seconds, seconds);
}

/** To the nanosecond, which Node's own calls cannot set; false where there is no `touch` that can. */
export function setModifiedExactly(path: string, seconds: string): boolean {
  try {
    execFileSync('touch', ['--no-dereference', '--date', `@${seconds}`, path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

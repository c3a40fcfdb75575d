import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** The top of the checkout. */
export const checkout = join(__dirname, '..', '..', '..', '..');

export interface Packaged {
  readonly directory: string;
  close(): void;
}

/** What `npm run package` makes, in a directory of its own. */
export function makePackages(env: Readonly<Record<string, string>> = {}): Packaged {
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-package-'));
  execFileSync(process.execPath, [join(checkout, 'scripts', 'package.mjs'), '--out', directory], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { directory, close: () => rmSync(directory, { recursive: true }) };
}

/** Every file below, with its content. */
export function filesBelow(directory: string): Map<string, Buffer> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const places = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return new Map(places.map((place) => [relative(directory, place), readFileSync(place)]));
}

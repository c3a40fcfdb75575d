import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setModified } from './modified';

interface Package {
  readonly name: string;
  /** Paths of its files, relative to it. */
  readonly files: readonly string[];
}

/** Packages that every site holds: what a later store of equal content can save. */
const commonPackages = 3;
const ownPackages = 2;
/** Smaller packages say little, larger ones would fill a site alone. */
const usualSize = { least: 5, most: 150 };

/** The installed packages of this checkout: real files of real sizes. */
const source = dirname(dirname(require.resolve('zod/package.json')));

/** Copies `count` files into `sites/site-NNN/wwwroot`, in the same order every time. */
export function copySites(share: string, count: number): { sites: number; copied: number } {
  const packages = usualPackages();
  const common = packages.slice(0, commonPackages);
  const rest = packages.slice(commonPackages);
  let copied = 0;
  let sites = 0;
  while (copied < count) {
    const own = Array.from({ length: ownPackages }, (_, index) => rest[(sites * ownPackages + index) % rest.length]!);
    const root = join(share, 'sites', `site-${String(sites).padStart(3, '0')}`, 'wwwroot');
    for (const found of [...common, ...own]) copied += copyPackage(found, root, { from: copied, count });
    sites += 1;
  }
  return { sites, copied };
}

function copyPackage({ name, files }: Package, root: string, { from, count }: { from: number; count: number }): number {
  const wanted = files.slice(0, count - from);
  for (const directory of new Set(wanted.map(dirname))) mkdirSync(join(root, name, directory), { recursive: true });
  wanted.forEach((file, index) => {
    const target = join(root, name, file);
    copyFileSync(join(source, name, file), target);
    setModified(target, { number: from + index });
  });
  return wanted.length;
}

function usualPackages(): Package[] {
  return packageNames()
    .map((name) => ({ name, files: filesUnder(join(source, name)) }))
    .filter(({ files }) => files.length >= usualSize.least && files.length <= usualSize.most);
}

function packageNames(): string[] {
  return sortedEntries(source)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) =>
      name.startsWith('@') ? sortedEntries(join(source, name)).map((entry) => `${name}/${entry.name}`) : [name],
    );
}

function filesUnder(root: string, below = ''): string[] {
  return sortedEntries(join(root, below)).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return filesUnder(root, path);
    return entry.isFile() ? [path] : [];
  });
}

function sortedEntries(directory: string) {
  return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

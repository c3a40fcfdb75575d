import { chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setModified, setModifiedExactly } from './modified';
import { brokenName, oddNames } from './odd-names';

/** Writes one of every awkward entry under `odd/`; returns what this disk or platform refused. */
export function writeOddFiles(share: string): string[] {
  const odd = join(share, 'odd');
  const refused: string[] = [];
  for (const [what, make] of [...namedFiles(odd), ...plainCases(odd), ...links(odd), ...times(odd)]) {
    try {
      make();
    } catch (error) {
      if (!('code' in (error as object))) throw error;
      refused.push(what);
    }
  }
  return refused;
}

type Case = readonly [what: string, make: () => void];

function namedFiles(odd: string): Case[] {
  const directory = join(odd, 'names');
  mkdirSync(join(directory, 'order'), { recursive: true });
  const named = oddNames.map((name, index): Case => [
    name,
    () => {
      const path = `${directory}/${name}`;
      writeFileSync(path, `content of ${name}\n`);
      setModified(path, { number: 70_000 + index });
    },
  ]);
  const broken = Buffer.concat([Buffer.from(`${directory}/`), brokenName]);
  return [
    ...named,
    ['a file in a directory among its like-named', () => writeFileSync(join(directory, 'order', 'inside.txt'), 'inside\n')],
    ['a name that is not UTF-8', () => writeFileSync(broken, 'content of a name that is not UTF-8\n')],
  ];
}

function plainCases(odd: string): Case[] {
  const deep = (levels: number) =>
    join(odd, 'deep', ...Array.from({ length: levels }, (_, level) => `${level}-`.padEnd(80, 'd')));
  const nested = (levels: number) => join(odd, 'nested', ...Array.from({ length: levels }, (_, level) => `${level}`));
  const made = (directory: string) => {
    mkdirSync(directory, { recursive: true });
    return directory;
  };
  return [
    ['empty files', () => ['empty.txt', 'also-empty'].forEach((name) => writeFileSync(join(made(join(odd, 'small')), name), ''))],
    ['a file of one byte', () => writeFileSync(join(made(join(odd, 'small')), 'one-byte'), 'x')],
    ['an empty directory', () => made(join(odd, 'empty-directory'))],
    ['nested empty directories', () => ['a/b/c', 'a/d', 'e'].forEach((path) => made(join(odd, 'empty-nested', path)))],
    ['a path of more than 300 characters', () => writeFileSync(join(made(deep(4)), 'leaf.txt'), 'at more than 300\n')],
    ['a path of more than 1,000 characters', () => writeFileSync(join(made(deep(13)), 'leaf.txt'), 'at more than 1,000\n')],
    ['300 directories in one another', () => writeFileSync(join(made(nested(300)), 'leaf.txt'), 'at the bottom\n')],
    ['an executable', () => writeFileSync(join(odd, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 })],
    [
      'a file that only its owner may read',
      () => {
        writeFileSync(join(odd, 'private.config'), 'private\n');
        chmodSync(join(odd, 'private.config'), 0o600);
      },
    ],
  ];
}

function links(odd: string): Case[] {
  const directory = join(odd, 'links');
  mkdirSync(directory, { recursive: true });
  const at = (name: string) => join(directory, name);
  writeFileSync(at('target.txt'), 'the target of links\n');
  return [
    ['a symbolic link', () => symlinkSync('target.txt', at('to-file'))],
    ['a symbolic link to a directory', () => symlinkSync('../small', at('to-directory'))],
    ['a dangling symbolic link', () => symlinkSync('nowhere.txt', at('dangling'))],
    [
      'symbolic links in a loop',
      () => {
        symlinkSync('loop-b', at('loop-a'));
        symlinkSync('loop-a', at('loop-b'));
      },
    ],
    ['a symbolic link to itself', () => symlinkSync('to-itself', at('to-itself'))],
    ['a symbolic link to outside the share', () => symlinkSync('../../../../../etc', at('to-outside'))],
    ['an absolute symbolic link', () => symlinkSync('/etc/hostname', at('absolute'))],
    ['a symbolic link of 400 characters', () => symlinkSync(`${'長い/'.repeat(100)}é`, at('far'))],
    ['a symbolic link to its own parent', () => symlinkSync('.', at('to-parent'))],
    ['a hard link', () => linkSync(at('target.txt'), at('hard-link.txt'))],
    [
      'a hard link in another directory',
      () => {
        mkdirSync(at('hard'), { recursive: true });
        linkSync(at('target.txt'), join(at('hard'), 'link.txt'));
      },
    ],
  ];
}

function times(odd: string): Case[] {
  const directory = join(odd, 'times');
  mkdirSync(directory, { recursive: true });
  const dated = (name: string, date: number): Case => [
    name,
    () => {
      writeFileSync(join(directory, name), `${name}\n`);
      utimesSync(join(directory, name), date / 1000, date / 1000);
    },
  ];
  const exact = Array.from({ length: 5 }, (_, index): Case => [
    'a time to the nanosecond',
    () => {
      const path = join(directory, `nanoseconds-${index}.txt`);
      writeFileSync(path, `${index}\n`);
      if (!setModifiedExactly(path, `163456789${index}.98765432${index}`))
        throw Object.assign(new Error('no touch'), { code: 'ENOSYS' });
    },
  ]);
  return [dated('from-1980.txt', Date.UTC(1980, 0, 1)), dated('first-second-of-1970.txt', 1000), ...exact];
}

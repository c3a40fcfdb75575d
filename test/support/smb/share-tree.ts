import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names that clients tend to get wrong: decomposed letters, two halves of a surrogate pair, what URLs and shells read. */
export const oddNames = [
  'é decomposed e\u0301.txt',
  'é composed.txt',
  '😀 emoji 👩‍👩‍👧.txt',
  '100% #1 & more;.txt',
  'フォルダ.txt',
  "it's $HOME `x`.txt",
  ' leading and inner  blanks .txt',
];

const name250 = 'n'.repeat(250);
/** More than 1,000 characters. */
export const longPath = `long/${Array.from({ length: 4 }, (_, index) => `${name250}${index}`).join('/')}/deep.txt`;

/**
 * Under `directory`: `tree` with `files` files of 1 to 20 KB in directories of some 17, `wide` with 3,000 entries, and files
 * that are odd, long, empty, denied or big. Contents and times differ from file to file and are the same every time.
 */
export function makeShareTree(directory: string, files = 5000): void {
  const write = (path: string, content: Buffer | string, number = 0) => {
    const place = join(directory, path);
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, content);
    utimesSync(place, 0, 1_400_000_000 + number * 3599.123_456);
  };
  for (let i = 0; i < files; i++) {
    write(`tree/site${i % 60}/d${i % 5}/lib${i % 300}/file${i}.js`, contentOf(i, 1000 + ((i * 7919) % 19_000)), i);
  }
  for (let i = 0; i < 3000; i++) write(`wide/entry with a longer name ${i}.txt`, '');
  oddNames.forEach((name, index) => write(`odd/${name}`, `content of ${name}`, index));
  write(longPath, 'deep');
  write('empty/zero.txt', '');
  write('denied/no.txt', 'nobody may read this');
  chmodSync(join(directory, 'denied/no.txt'), 0o600);
  mkdirSync(join(directory, 'nothing'));
  mkdirSync(join(directory, 'closed'), { mode: 0o700 });
  write('big/big.bin', contentOf(1, 24 * 1024 * 1024 + 12_345), 1);
}

function contentOf(seed: number, size: number): Buffer {
  const block = createHash('sha512').update(String(seed)).digest();
  const content = Buffer.alloc(size, block);
  // Pieces that are put together in a wrong order have to show.
  for (let at = 0; at + 4 <= size; at += 1024) content.writeUInt32LE(at, at);
  return content;
}

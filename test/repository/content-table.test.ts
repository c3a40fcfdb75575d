import { createHash } from 'node:crypto';
import { createContentTable, type NewContent } from '../../src/repository/content-table';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

function content(n: number): NewContent {
  return {
    hash: sha256(String(n)),
    size: n * 1_000_003,
    skip: n % 4096,
    pathBytes: Buffer.from(`sites/${n}/ä.txt`),
  };
}

/** Equal in every byte that decides where it is looked for. */
function colliding(n: number): Buffer {
  const hash = Buffer.alloc(32);
  hash.writeUInt32LE(n, 20);
  return hash;
}

test('300,000 entries are found with all that was said of them', () => {
  const table = createContentTable();
  const count = 300_000;
  let wrong = 0;
  for (let n = 0; n < count; n++) {
    if (table.add(content(n)) !== n) wrong += 1;
    if (n % 2 === 1) table.place(n - 1, { pack: n >> 8, offset: (n - 1) * 70_001, length: n });
  }
  expect(table.count()).toBe(count);
  for (let n = 0; n < count; n++) {
    const { hash, size, skip, pathBytes } = content(n);
    const found = table.find(hash);
    const { pack, offset, length, ...rest } = table.get(n);
    const placed =
      n % 2 === 0 ? pack === (n + 1) >> 8 && offset === n * 70_001 && length === n + 1 : pack + offset + length === 0;
    const same = rest.size === size && rest.skip === skip && table.pathOf(n).equals(pathBytes);
    if (found !== n || !placed || !same) wrong += 1;
    if (table.find(sha256(`other ${n}`)) !== undefined) wrong += 1;
  }
  expect(wrong).toBe(0);
});

test('an entry takes at most 72 bytes and its path', () => {
  const table = createContentTable();
  const empty = table.bytes();
  let paths = 0;
  for (let n = 0; n < 16_384 * 12; n++) {
    paths += content(n).pathBytes.length + 4;
    table.add(content(n));
  }
  expect(table.bytes() - empty).toBeLessThanOrEqual(table.count() * 72 + paths + 1024 * 1024);
});

test('hashes that collide in every slot are told apart', () => {
  const table = createContentTable();
  for (let n = 0; n < 2000; n++) table.add({ ...content(n), hash: colliding(n) });
  const wrong = Array.from({ length: 2000 }, (_, n) => n).filter((n) => table.find(colliding(n)) !== n);
  expect(wrong).toEqual([]);
  expect(table.find(colliding(2000))).toBeUndefined();
});

test('what is placed comes in ascending order of hash, and what is not does not come', () => {
  const table = createContentTable();
  const placed: string[] = [];
  for (let n = 0; n < 20_000; n++) {
    const entry = table.add(n < 500 ? { ...content(n), hash: colliding(500 - n) } : content(n));
    if (n % 5 === 0) continue;
    table.place(entry, { pack: 0, offset: n, length: 7 });
    placed.push(`${(n < 500 ? colliding(500 - n) : content(n).hash).toString('hex')} ${n}`);
  }
  expect([...table.inOrder()].map(({ hash, offset }) => `${hash.toString('hex')} ${offset}`)).toEqual(placed.sort());
});

test('places beyond 4 GiB and paths of any length are kept as they are', () => {
  const table = createContentTable();
  const paths = ['', 'a'.repeat(5_000_000), 'b', 'c'.repeat(1024 * 1024 - 4), 'd'].map((path) => Buffer.from(path));
  paths.forEach((pathBytes, n) => {
    const entry = table.add({ ...content(n), size: 2 ** 48 - 1, skip: 2 ** 32 - 1, pathBytes });
    table.place(entry, { pack: 2 ** 32 - 1, offset: 2 ** 47, length: 2 ** 46 });
  });
  paths.forEach((path, n) => {
    expect(table.pathOf(n).equals(path)).toBe(true);
    expect(table.get(n)).toEqual({ size: 2 ** 48 - 1, pack: 2 ** 32 - 1, skip: 2 ** 32 - 1, offset: 2 ** 47, length: 2 ** 46 });
  });
});

import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeShare } from '../../sandbox/share-generator/change-share';
import { generateShare } from '../../sandbox/share-generator/generate-share';

let work: string;
let share: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'hubkeep-'));
  share = join(work, 'share');
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Every entry with what a backup must keep; names as bytes, so that none is lost. */
function picture(root: string): Map<string, string> {
  const entries = new Map<string, string>();
  const visit = (directory: Buffer) => {
    for (const entry of readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
      const key = path.subarray(root.length + 1).toString('latin1');
      const { mtimeNs, size } = lstatSync(path, { bigint: true });
      if (entry.isDirectory()) {
        entries.set(key, 'directory');
        visit(path);
      } else if (entry.isSymbolicLink()) entries.set(key, `link ${readlinkSync(path)}`);
      else entries.set(key, `${size} ${mtimeNs} ${createHash('sha1').update(readFileSync(path)).digest('hex')}`);
    }
  };
  visit(Buffer.from(root));
  return entries;
}

test('a share has the files asked for, every odd entry, and content that sites have in common', async () => {
  const { copied, sites, refused } = await generateShare(share, { files: 1200 });
  expect({ copied, refused }).toEqual({ copied: 1200, refused: [] });
  expect(sites).toBeGreaterThan(2);
  const files = [...picture(share)].filter(([, what]) => /^\d/.test(what));
  const inSites = files.filter(([path]) => path.startsWith('sites/'));
  expect(inSites.length).toBe(1200);
  const contents = new Set(inSites.map(([, what]) => what.split(' ')[2]));
  expect(contents.size).toBeLessThan(1000);
  expect(inSites.filter(([, what]) => / \d+000000000 /.test(what))).toEqual([]);
  expect(readdirSync(join(share, 'odd/names')).length).toBeGreaterThan(35);
  expect(statSync(join(share, 'large/video.mp4')).size).toBeGreaterThan(50_000_000);
  expect(lstatSync(join(share, 'odd/links/dangling')).isSymbolicLink()).toBe(true);
  expect(statSync(join(share, 'odd/links/target.txt')).nlink).toBe(3);
  expect(statSync(join(share, 'large/sparse-zeroes.vhd')).blocks).toBe(0);
  expect(lstatSync(join(share, 'odd/times/nanoseconds-3.txt'), { bigint: true }).mtimeNs).toBe(1_634_567_893_987_654_323n);
});

test('the same share comes out twice', async () => {
  const again = join(work, 'again');
  await generateShare(again, { files: 1200 });
  const [first, second] = [picture(share), picture(again)];
  const unset = /^odd\/(small|deep|nested|links|names\/(order\/|broken)|run\.sh|private)/;
  const stable = (entries: Map<string, string>) => [...entries].filter(([path]) => !unset.test(path)).sort();
  expect(stable(second)).toEqual(stable(first));
  expect([...second.keys()].sort()).toEqual([...first.keys()].sort());
});

test('a directory that holds something is left alone', async () => {
  await expect(generateShare(share)).rejects.toThrow('is not empty');
});

test('a day changes exactly the files it names', async () => {
  for (let night = 0; night < 2; night += 1) {
    const before = picture(share);
    const change = await changeShare(share);
    const after = picture(share);
    const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
    const { changed, added, deleted, renamed } = change;
    expect(paths.sort()).toEqual([...changed, ...added, ...deleted, ...renamed.flatMap(({ from, to }) => [from, to])].sort());
    expect([changed.length, added.length, deleted.length, renamed.length]).toEqual([3, 1, 1, 1]);
    expect(after.get(renamed[0]!.to)).toBe(before.get(renamed[0]!.from));
  }
});

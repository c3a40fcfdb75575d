import { execFileSync } from 'node:child_process';
import { Header } from 'tar/header';
import { padding, tarHeaders, type TarMember } from '../../src/repository/tar-member';

function tarOf(member: TarMember, content = ''): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([tarHeaders({ ...member, size: bytes.length }), bytes, padding(bytes.length)]);
}

function listed(archive: Buffer): string {
  return execFileSync('tar', ['--full-time', '--quoting-style=literal', '-tvf', '-'], {
    input: archive,
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
  }).toString();
}

const file = { type: 'File', mtime: '1700000000.123456789', comment: `sha256:${'a'.repeat(64)}` } as const;

test.each([
  ['a plain name', 'dir/file.txt'],
  ['a name of 255 bytes', `dir/${'n'.repeat(255)}`],
  ['a path over a thousand characters', `${'deep/'.repeat(240)}file.txt`],
  ['accents, emoji and right-to-left text', 'é/e\u0301/\u{1F600}/שלום.txt'],
  ['a line break and a tab', 'two\nlines\tfile'],
  ['a leading dash', '--help'],
])('tar reads %s', (_what, path) => {
  expect(listed(tarOf({ ...file, path }, 'content'))).toContain(path.replaceAll('\t', '\t'));
});

test('tar reads the time to the nanosecond and warns of nothing', () => {
  const archive = tarOf({ ...file, path: 'file', ctime: '1700000001.000000001' }, 'x');
  expect(listed(archive)).toContain('2023-11-14 22:13:20.123456789');
  expect(execFileSync('sh', ['-c', 'tar -tf - 2>&1 >/dev/null'], { input: archive }).toString()).toBe('');
});

test.each(['8589934591.000000000', '8589934592.000000000', '9246182400.000000000'])(
  'a time of %s leaves the size as it is',
  (mtime) => {
    expect(listed(tarOf({ ...file, path: 'future', mtime }, 'seven b'))).toMatch(/ 7 22\d\d-/);
  },
);

test('a name that is not UTF-8 is told exactly, and tar warns of nothing', () => {
  const archive = tarOf({ ...file, path: 'raw\udcff', comment: file.comment }, 'x');
  expect(archive.toString('latin1')).toMatch(/ comment=path="raw\\udcff"\n.* comment=sha256:/);
  expect(execFileSync('sh', ['-c', 'tar -tf - 2>&1'], { input: archive }).toString()).toBe('raw%FF\n');
});

test('a time before 1970 is carried with its sign', () => {
  expect(listed(tarOf({ ...file, path: 'old', mtime: '-2.000000000' }))).toContain('1969-12-31 23:59:58');
});

test('tar reads directories, symlinks and hard links', () => {
  const archive = Buffer.concat([
    tarOf({ type: 'Directory', path: 'd', mtime: file.mtime }),
    tarOf({ ...file, path: 'd/target' }, 'content'),
    tarOf({ type: 'SymbolicLink', path: 'd/soft', mtime: file.mtime, target: `../${'t'.repeat(150)}` }),
    tarOf({ type: 'Link', path: 'd/hard', mtime: file.mtime, target: 'd/target' }),
  ]);
  const text = listed(archive);
  expect(text).toMatch(/^d.* d\/$/m);
  expect(text).toContain(`d/soft -> ../${'t'.repeat(150)}`);
  expect(text).toContain('d/hard link to d/target');
});

test.each([
  [{ type: 'File', path: 'a', mtime: '0.000000000', size: 0 }],
  [{ type: 'File', path: 'n'.repeat(99), mtime: '8589934591.000000000', size: 0o77777777777 }],
  [{ type: 'File', path: 'd/e f/%', mtime: '4294967296.5', size: 0o7777777777 }],
  [{ type: 'File', path: 'x', mtime: '-1.999999999', size: 12345 }],
  [{ type: 'Link', path: 'x', mtime: '1700000000.123456789', target: 't'.repeat(99) }],
  [{ type: 'SymbolicLink', path: 'x', mtime: '1700000000.123456789', target: '../t' }],
  [{ type: 'Directory', path: 'd', mtime: '1700000000.123456789' }],
] as const)('the header of a member with short names is what the library makes of it: %j', (member: TarMember) => {
  const expected = new Header({
    ...{ type: member.type, size: member.size ?? 0, linkpath: member.target ?? '' },
    ...{ mode: member.type === 'Directory' ? 0o755 : 0o644, uid: 0, gid: 0 },
    path: member.path + (member.type === 'Directory' ? '/' : ''),
    mtime: new Date(Math.max(Math.floor(Number(member.mtime)), 0) * 1000),
  });
  expected.encode();
  expect(
    tarHeaders(member)
      .subarray(-512)
      .equals(expected.block as Buffer),
  ).toBe(true);
});

test('a name that is not UTF-8 is written byte by byte', () => {
  expect(listed(tarOf({ ...file, path: 'broken\udcff' }))).toContain('broken%FF');
});

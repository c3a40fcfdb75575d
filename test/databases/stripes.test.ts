import { serverMark } from '../../src/databases/staging-names';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox, errorOf, type Sandbox } from '../sandbox/sql-server/support';
import { collect } from '../support/collect';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const request = (bench: Bench, database = 'hosting') => ({ runId, server: bench.address, database });

test('stripes are stored in their order, byte for byte', async () => {
  const bench = await createBench(sandbox, { databases: [{ name: 'hosting', size: 4 * 1024 * 1024 }] }, { stripes: 12 });
  const { backup, staging } = await bench.databases.backUp(request(bench));
  expect(backup.proof.source).toBe('msdb');
  expect(backup.files.map(({ key }) => key.replace(/.*\//, ''))).toEqual([
    'hosting.bak',
    ...Array.from({ length: 11 }, (_, i) => `hosting.bak.${String(i + 1).padStart(2, '0')}`),
  ]);
  expect(staging).toHaveLength(12);
  for (const [i, name] of staging.entries()) {
    const file = readFileSync(join(bench.staging, name));
    const { content } = await bench.parts.store.read(backup.files[i]?.key ?? '');
    expect(content.equals(file)).toBe(true);
    expect(backup.files[i]).toMatchObject({ size: file.length, sha256: createHash('sha256').update(file).digest('hex') });
  }
  expect(readdirSync(bench.staging).sort()).toEqual([...staging].sort());
});

test.each(['a]b', "o'brien; DROP TABLE x --", 'größe 数据 😀', 'x'.repeat(128), '..', 'con', 'x.bak.01'])(
  'a database named %j is backed up in stripes',
  async (name) => {
    const bench = await createBench(sandbox, { databases: [{ name }] }, { stripes: 3 });
    const { backup, staging } = await bench.databases.backUp(request(bench, name));
    expect(backup.database).toBe(name);
    expect(backup.files).toHaveLength(3);
    for (const { key } of backup.files) expect(key).toMatch(/^[a-zA-Z0-9./_-]+$/);
    expect(readdirSync(bench.staging).sort()).toEqual([...staging].sort());
  },
);

test.each([
  ['in another order', (devices: string[]) => devices.reverse()],
  ['not all of', (devices: string[]) => devices.pop()],
  ['one too many of', (devices: string[]) => devices.push('D:\\Backup\\other.bak')],
])('stripes that history has %s are no proof', async (_case, spoil) => {
  const bench = await createBench(sandbox, {}, { stripes: 2 });
  const add = bench.server.history.add.bind(bench.server.history);
  bench.server.history.add = (record) => {
    const devices = [...record.devices];
    spoil(devices);
    add({ ...record, devices });
  };
  expect(await errorOf(bench.databases.backUp(request(bench, 'master')))).toMatchObject({
    code: 'sql.no-proof',
    message: expect.stringContaining('stripes'),
  });
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('a stripe that is damaged before its verification fails the backup, and no stripe stays staged', async () => {
  const bench: Bench = await createBench(sandbox, {}, { stripes: 3 });
  const file = (name: string) => join(bench.staging, name);
  const spoil = () => {
    for (const name of readdirSync(bench.staging).filter((found) => found.endsWith('.02'))) writeFileSync(file(name), 'x');
  };
  const add = bench.server.history.add.bind(bench.server.history);
  bench.server.history.add = (record) => {
    add(record);
    spoil();
  };
  expect(await errorOf(bench.databases.backUp(request(bench, 'master')))).toMatchObject({ code: 'sql.corrupt' });
  expect(readdirSync(bench.staging)).toEqual([]);
  expect(await collect(bench.parts.store.list('databases/'))).toEqual([]);
});

test('a stripe that cannot be stored fails the backup with the reason', async () => {
  const bench = await createBench(sandbox, {}, { stripes: 3 });
  const { staging } = bench.parts;
  const open: typeof staging.open = async (server, name) => {
    const opened = await staging.open(server, name);
    return name.endsWith('.02') ? { ...opened, size: opened.size + 1 } : opened;
  };
  const short = await createBench(sandbox, {}, { stripes: 3, staging: { ...staging, open } });
  expect(await errorOf(short.databases.backUp(request(short, 'master')))).toMatchObject({
    code: 'sql.staging-unreadable',
    retryable: true,
  });
  expect(readdirSync(short.staging)).toEqual([]);
});

test('stripes of an attempt that died are removed, and what it stored is never written over', async () => {
  const bench = await createBench(sandbox, {}, { stripes: 3 });
  for (const suffix of ['', '.01', '.02'])
    writeFileSync(join(bench.staging, `hubkeep-${runId}-master-${serverMark(bench.address)}dead.bak${suffix}`), 'x');
  const { backup: first } = await bench.databases.backUp(request(bench, 'master'));
  for await (const { key } of bench.parts.store.list('runs/')) await bench.parts.store.remove(key);
  const { backup: second, staging } = await bench.databases.backUp(request(bench, 'master'));
  expect(new Set([...first.files, ...second.files].map(({ key }) => key)).size).toBe(6);
  expect(readdirSync(bench.staging).sort()).toEqual([...staging].sort());
});

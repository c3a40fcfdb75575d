import { runIdOf } from '../../src/contracts/run-id';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseBackupSchema } from '../../src/contracts/database-backup';
import { createSandbox, type Sandbox } from '../sandbox/sql-server/support';
import { serverMark } from '../../src/databases/staging-names';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const whole = { status: 'whole', family: 1, families: 1 };
const stagedIn = (bench: Bench) => readdirSync(bench.staging);

test('a backup in the store equals the file SQL Server wrote, byte for byte, with proof', async () => {
  const bench = await createBench(sandbox, {
    databases: [{ name: 'appservice_hosting', size: 3 * 1024 * 1024, recoveryModel: 'FULL' }],
  });
  const before = Date.now();
  const percents: number[] = [];
  const request = { runId, server: bench.address, database: 'AppService_Hosting' };
  const { backup, staging } = await bench.databases.backUp(request, { onProgress: ({ percent }) => percents.push(percent) });

  expect(databaseBackupSchema.parse(backup)).toEqual(backup);
  expect(backup).toMatchObject({
    database: 'appservice_hosting',
    recoveryModel: 'FULL',
    edition: 'Enterprise Edition (64-bit)',
    warnings: [],
  });
  expect(backup.proof).toMatchObject({
    source: 'msdb',
    hasChecksums: true,
    isDamaged: false,
    isCopyOnly: true,
    compressed: true,
  });
  expect(Date.parse(backup.proof.finishedAt)).toBeGreaterThan(before - 2000);
  expect(Date.parse(backup.proof.finishedAt)).toBeLessThan(Date.now() + 2000);
  expect(backup.verifyOnly.passed).toBe(true);
  expect(percents.at(-1)).toBe(100);

  expect(staging).toEqual([expect.stringMatching(/^hubkeep-20261122T020000Z-7f3a-appservice_hosting-[0-9a-f]{8}\.bak$/)]);
  const file = readFileSync(join(bench.staging, staging[0] ?? ''));
  const stored = await bench.parts.store.read(backup.files[0]?.key ?? '');
  expect(stored.content.equals(file)).toBe(true);
  expect(backup.files).toEqual([
    {
      key: expect.stringMatching(/^databases\/20261122T020000Z-7f3a\/.*\/appservice_hosting\.bak$/),
      size: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
      inspection: whole,
    },
  ]);
});

test('a backup too large to hold is uploaded in blocks, with the same hash', async () => {
  const bench = await createBench(sandbox, { edition: 'Express', databases: [{ name: 'big', size: 33 * 1024 * 1024 }] });
  const { backup, staging } = await bench.databases.backUp({ runId, server: bench.address, database: 'big' });
  const file = readFileSync(join(bench.staging, staging[0] ?? ''));
  const sha256 = createHash('sha256').update(file).digest('hex');
  expect(backup.files).toEqual([{ key: expect.any(String), size: file.length, sha256, inspection: whole }]);
  expect(await bench.parts.store.stat(backup.files[0]?.key ?? '')).toMatchObject({ size: file.length, sha256 });
});

test('doing the same work again gives the first result without another backup', async () => {
  const bench = await createBench(sandbox);
  const request = { runId, server: bench.address, database: 'master' };
  const first = await bench.databases.backUp(request);
  expect(await bench.databases.backUp(request)).toEqual(first);
  expect(bench.server.history.list()).toHaveLength(1);
  const again = await bench.databases.backUp({ ...request, round: 2 });
  expect(again.backup.files[0]?.key).not.toBe(first.backup.files[0]?.key);
});

test('master of two servers does not collide', async () => {
  const store = createMemoryBlobStore();
  const [one, other] = [await createBench(sandbox, {}, { store }), await createBench(sandbox, {}, { store })];
  const keys = [];
  for (const bench of [one, other])
    keys.push((await bench.databases.backUp({ runId, server: bench.address, database: 'master' })).backup.files[0]?.key);
  expect(new Set(keys).size).toBe(2);
});

test.each(['a]b', "o'brien; DROP TABLE x --", 'größe 数据 😀', 'x'.repeat(128), '[a]', '"q"', '..', 'con'])(
  'a database named %j is backed up',
  async (name) => {
    const bench = await createBench(sandbox, { databases: [{ name }] });
    const { backup, staging } = await bench.databases.backUp({ runId, server: bench.address, database: name });
    expect(backup.database).toBe(name);
    expect(backup.files[0]?.key).toMatch(/^[a-zA-Z0-9./_-]+$/);
    expect(stagedIn(bench)).toEqual(staging);
  },
);

test('Express is backed up without compression', async () => {
  const bench = await createBench(sandbox, { edition: 'Express' });
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(backup.proof.compressed).toBe(false);
});

test('a full log that waits for its backup is a warning', async () => {
  const bench = await createBench(sandbox, {
    databases: [{ name: 'appservice_hosting', recoveryModel: 'FULL', logReuseWait: 'LOG_BACKUP' }],
  });
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'appservice_hosting' });
  expect(backup.warnings).toEqual([expect.stringContaining('log backup')]);
});

test('without history in msdb the header of the file is the proof, and a warning says so', async () => {
  const bench = await createBench(sandbox);
  bench.server.history.unwritable = true;
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(backup.proof).toMatchObject({ source: 'header', hasChecksums: true });
  expect(backup.warnings).toEqual([expect.stringContaining('msdb has no history')]);
});

test('leftovers of dead runs go, files of others and of runs that may still commit stay', async () => {
  const bench = await createBench(sandbox);
  const recent = runIdOf(new Date(), 'beef');
  const mark = serverMark(bench.address);
  const others = [`hubkeep-${recent}-master-${mark}aaaa.bak`, `hubkeep-${runId}-model-${mark}aaaa.bak`, 'someone.bak'];
  const leftovers = [`hubkeep-${runId}-master-${mark}aaaa.bak`, 'hubkeep-20200101T020000Z-dead-master-0000aaaa.bak'];
  for (const name of [...others, ...leftovers]) writeFileSync(join(bench.staging, name), 'x');
  const { staging } = await bench.databases.backUp({ runId, server: bench.address, database: 'master' });
  expect(stagedIn(bench).sort()).toEqual([...others, ...staging].sort());
});

test('the same work done twice at once gives one result, and the bytes it names', async () => {
  const bench = await createBench(sandbox, {}, { lockWaitMs: 20_000 });
  const request = { runId, server: bench.address, database: 'master' };
  const [one, other] = await Promise.all([bench.databases.backUp(request), bench.databases.backUp(request)]);
  expect(other).toEqual(one);
  const [file] = one.backup.files;
  const { content } = await bench.parts.store.read(file?.key ?? '');
  expect(createHash('sha256').update(content).digest('hex')).toBe(file?.sha256);
});

test('what an attempt that died left in the store is never written over', async () => {
  const bench = await createBench(sandbox);
  const request = { runId, server: bench.address, database: 'master' };
  const { backup: first } = await bench.databases.backUp(request);
  const left = await bench.parts.store.read(first.files[0]?.key ?? '');
  for await (const { key } of bench.parts.store.list('runs/')) await bench.parts.store.remove(key);
  const { backup: second } = await bench.databases.backUp(request);
  expect(second.files[0]?.key).not.toBe(first.files[0]?.key);
  expect((await bench.parts.store.read(first.files[0]?.key ?? '')).content.equals(left.content)).toBe(true);
});

test('what lies in the store is looked into, and the record says what was found', async () => {
  const bench = await createBench(sandbox, { databases: [{ name: 'hosting' }] }, { stripes: 2 });
  const { backup } = await bench.databases.backUp({ runId, server: bench.address, database: 'hosting' });
  expect(backup.files.map(({ inspection }) => inspection)).toEqual([
    { status: 'whole', family: 1, families: 2 },
    { status: 'whole', family: 2, families: 2 },
  ]);
});

test('a backup that another one took the place of is refused', async () => {
  const bench = await createBench(sandbox, { databases: [{ name: 'hosting' }, { name: 'metering' }] });
  const other = await bench.databases.backUp({ runId, server: bench.address, database: 'metering' });
  const wrong = await bench.parts.store.read(other.backup.files[0]?.key ?? '');
  const put = bench.parts.store.put;
  const store = { ...bench.parts.store, put: (key: string, _: Uint8Array, options = {}) => put(key, wrong.content, options) };
  const swapped = await createBench(sandbox, { databases: [{ name: 'hosting' }] }, { store });
  await expect(swapped.databases.backUp({ runId, server: swapped.address, database: 'hosting' })).rejects.toMatchObject({
    code: 'sql.no-proof',
    message: expect.stringContaining('metering'),
  });
});

test('two servers that write to one directory leave each other’s files alone', async () => {
  const runId = runIdOf(new Date(), 'aaaa');
  const one = await createBench(sandbox, { name: 'A' });
  const two = await createBench(sandbox, { name: 'B' }, { store: one.parts.store });
  const [first, second] = [
    await one.databases.backUp({ runId, server: one.address, database: 'master' }),
    await two.databases.backUp({ runId, server: two.address, database: 'master' }),
  ];
  expect(stagedIn(one).sort()).toEqual([...first.staging, ...second.staging].sort());
});

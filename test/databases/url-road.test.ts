import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import type { BackupProgress } from '../../src/databases/backup-parts';
import { safeName } from '../../src/repository/safe-name';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { collect } from '../support/collect';
import { runId } from './support';
import { createUrlBench, type UrlBench } from './url-support';

const mib = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'hubkeep-url-road-'));
let azurite: Azurite;
let sandbox: Sandbox;
beforeAll(async () => {
  azurite = await startAzurite({ directory });
});
afterAll(async () => {
  await azurite.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const open = (options: Parameters<typeof createUrlBench>[2] = {}) => createUrlBench(sandbox, azurite, options);
const hosting = { server: { databases: [{ name: 'hosting', size: 3 * mib }] } };
const request = (bench: UrlBench, database = 'hosting') => ({ runId, server: bench.address, database });
const blobsOf = async (bench: UrlBench) => collect(bench.container.blobs.list(''));
const clientOf = (bench: UrlBench, key: string) =>
  BlobServiceClient.fromConnectionString(azurite.connectionString)
    .getContainerClient(bench.container.url.replace(/.*\//, ''))
    .getBlockBlobClient(key);
const keyOf = (bench: UrlBench) => `databases/${runId}/${safeName(bench.address)}/hosting.bak`;

async function giveAndBackUp(bench: UrlBench, database = 'hosting') {
  await bench.credentials.create(request(bench));
  return bench.databases.backUp(request(bench, database));
}

test('SQL Server writes the backup, and the record has what lies there', async () => {
  const bench = await open(hosting);
  const steps = new Map<BackupProgress['step'], number>();
  await bench.credentials.create(request(bench));
  const { backup, staging } = await bench.databases.backUp(request(bench), {
    onProgress: ({ step, percent }) => void steps.set(step, percent),
  });
  expect(staging).toEqual([]);
  expect(steps.get('reading back')).toBe(100);
  const [blob] = await blobsOf(bench);
  const { content } = await bench.container.blobs.read(blob?.key ?? '');
  expect(backup.files).toEqual([
    {
      key: blob?.key,
      container: bench.container.url.replace(/.*\//, ''),
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      inspection: expect.objectContaining({ status: 'whole' }),
    },
  ]);
  expect(blob?.sha256).toBe(backup.files[0]?.sha256);
  expect(backup.proof).toMatchObject({ source: 'msdb', hasChecksums: true, isCopyOnly: true });
  const { committedBlocks } = await clientOf(bench, blob?.key ?? '').getBlockList('committed');
  expect(committedBlocks?.every(({ size }) => size <= 4 * mib)).toBe(true);
  expect(await collect(bench.parts.store.list('databases/'))).toEqual([]);
});

test('stripes are blobs in their order', async () => {
  const bench = await open({ ...hosting, stripes: 3 });
  const { backup } = await giveAndBackUp(bench);
  expect(backup.files.map(({ key }) => key.replace(/.*\//, ''))).toEqual(['hosting.bak', 'hosting.bak.01', 'hosting.bak.02']);
  expect(backup.files.map(({ inspection }) => inspection?.family)).toEqual([1, 2, 3]);
});

test.each(["a]b'c", 'größe 数据 😀', 'x'.repeat(128)])('a database named %j', async (name) => {
  const bench = await open({ server: { databases: [{ name }] } });
  const { backup } = await giveAndBackUp(bench, name);
  expect(backup.database).toBe(name);
  for (const { key } of backup.files) expect(key).toMatch(/^[a-zA-Z0-9./_-]+$/);
});

test('without a credential it fails with the reason and leaves nothing', async () => {
  const bench = await open(hosting);
  await bench.container.prepare();
  expect(await errorOf(bench.databases.backUp(request(bench)))).toMatchObject({
    code: 'sql.backup-failed',
    details: { number: 3201, osError: 50 },
    hint: expect.stringContaining('credential'),
  });
  expect(await blobsOf(bench)).toEqual([]);
});

test('what an attempt cut off from storage left under a lease does not keep the next one out', async () => {
  const bench = await open(hosting);
  bench.server.url.leaveLease = true;
  bench.server.faults.add({ match: 'BACKUP DATABASE', atPercent: 50, drop: 'abort' });
  await bench.credentials.create(request(bench));
  const left = clientOf(bench, keyOf(bench));
  await left.upload('', 0);
  await left.getBlobLeaseClient().acquireLease(-1);
  expect(await errorOf(bench.databases.backUp(request(bench)))).toMatchObject({ code: 'sql.connection-lost' });
  bench.server.url.leaveLease = false;
  const { backup } = await bench.databases.backUp(request(bench));
  expect(backup.files.map(({ key }) => key)).toEqual([keyOf(bench)]);
  expect(await blobsOf(bench)).toHaveLength(1);
});

test('what an earlier attempt finished is never written over', async () => {
  const bench = await open({ ...hosting, stripes: 2 });
  const { backup: first } = await giveAndBackUp(bench);
  for await (const { key } of bench.parts.store.list('runs/')) await bench.parts.store.remove(key);
  const { backup: second } = await bench.databases.backUp(request(bench));
  expect(new Set([...first.files, ...second.files].map(({ key }) => key)).size).toBe(4);
  for (const { key, sha256 } of first.files) expect((await bench.container.blobs.stat(key)).sha256).toBe(sha256);
});

test('a backup that cannot be verified leaves no blob', async () => {
  const bench = await open(hosting);
  bench.server.faults.add({
    match: 'RESTORE VERIFYONLY',
    errors: [{ number: 3189, text: 'Damage to the backup set was detected.' }],
  });
  expect(await errorOf(giveAndBackUp(bench))).toMatchObject({ code: expect.stringMatching(/^sql\./) });
  expect(await blobsOf(bench)).toEqual([]);
});

test('a blob that changes while it is read back fails the backup', async () => {
  const bench = await open(hosting);
  await bench.credentials.create(request(bench));
  const { stream } = bench.container.blobs;
  bench.container.blobs.stream = async function* (key, range) {
    yield* stream(key, range);
    await clientOf(bench, key).upload('somebody else', 13);
  };
  expect(await errorOf(bench.databases.backUp(request(bench)))).toMatchObject({ code: 'store.precondition-failed' });
});

test('a database too large for a blob is told so', async () => {
  const bench = await open({ server: { databases: [{ name: 'hosting', size: 9 * mib }] } });
  bench.server.url.blockLimit = 1;
  expect(await errorOf(giveAndBackUp(bench))).toMatchObject({
    details: { number: 3063 },
    hint: expect.stringContaining('SQL_BACKUP_STRIPES'),
  });
});

describe('the credential', () => {
  const listed = async (bench: UrlBench) => {
    const client = await sandbox.client(bench.server);
    const { recordset } = await client.request().query('SELECT name, credential_identity AS who FROM sys.credentials');
    return recordset as unknown[];
  };

  test('has the address of the container, is renewed, and goes', async () => {
    const bench = await open(hosting);
    await bench.credentials.create(request(bench));
    await bench.credentials.create(request(bench));
    expect(await listed(bench)).toEqual([{ name: bench.container.url, who: 'SHARED ACCESS SIGNATURE' }]);
    await bench.credentials.drop(request(bench));
    await bench.credentials.drop(request(bench));
    expect(await listed(bench)).toEqual([]);
  });

  test('is refused to a login that may not create it, with the grant', async () => {
    const bench = await open({ server: { logins: [{ ...login, databaseRoles: { '*': ['db_owner'] } }] } });
    expect(await errorOf(bench.credentials.create(request(bench)))).toMatchObject({
      code: 'sql.backup-failed',
      hint: expect.stringContaining(`GRANT ALTER ANY CREDENTIAL TO [${login.name}]`),
    });
  });

  test('is refused to a server that cannot write block blobs', async () => {
    const bench = await open({ server: { version: '12.0.6329.1' } });
    expect(await errorOf(bench.credentials.create(request(bench)))).toMatchObject({
      code: 'sql.target-unusable',
      message: expect.stringContaining('12.0.6329.1'),
    });
  });

  test('is in no error, even when the server repeats the statement', async () => {
    const bench = await open(hosting);
    bench.server.faults.add({
      match: 'CREATE CREDENTIAL',
      errors: [{ number: 102, text: "Incorrect syntax near 'sv=1&sig=topsecret'." }],
    });
    const error = await errorOf(bench.credentials.create(request(bench)));
    expect(error).toMatchObject({ code: 'sql.backup-failed' });
    expect(String(error['message'])).not.toContain('topsecret');
  });

  test('lasts an hour longer than a backup may take', async () => {
    const asked: Date[] = [];
    const bench = await open({ ...hosting, timeoutMs: 3 * 3_600_000 });
    const { sign } = bench.container;
    bench.container.sign = (until) => {
      asked.push(until);
      return sign(until);
    };
    const before = Date.now();
    await bench.credentials.create(request(bench));
    expect(asked[0]?.getTime()).toBeGreaterThanOrEqual(before + 4 * 3_600_000);
    expect(asked[0]?.getTime()).toBeLessThanOrEqual(Date.now() + 4 * 3_600_000);
  });
});

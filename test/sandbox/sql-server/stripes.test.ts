import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionPool } from 'mssql';
import type { SqlServerOptions } from '../../../sandbox/sql-server/start-sql-server';
import { createSandbox, errorOf, type Sandbox } from './support';

const mib = 1024 * 1024;
let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

async function start(options: Partial<SqlServerOptions> = {}): Promise<ConnectionPool> {
  return sandbox.client(await sandbox.server({ databases: [{ name: 'hosting', size: 2 * mib }], ...options }));
}

const paths = (count: number, prefix = 's') =>
  Array.from({ length: count }, (_, index) => join(sandbox.directory, `${prefix}${index}.bak`));
const disks = (files: readonly string[]) => files.map((file) => `DISK = N'${file}'`).join(', ');
const backUp = (pool: ConnectionPool, files: readonly string[], options = 'FORMAT, CHECKSUM') =>
  pool.request().batch(`BACKUP DATABASE hosting TO ${disks(files)} WITH ${options}`);
const restore = (pool: ConnectionPool, action: string, files: readonly string[]) =>
  pool.request().query(`RESTORE ${action} FROM ${disks(files)}`);

test('a striped backup shares its data among the files of one media set', async () => {
  const pool = await start();
  const files = paths(3);
  await backUp(
    pool,
    files,
    "FORMAT, CHECKSUM, MEDIANAME = N'night', NAME = N'n', DESCRIPTION = N'd', BLOCKSIZE = 65536, BUFFERCOUNT = 8",
  );
  for (const file of files) expect(statSync(file).size).toBeGreaterThan(0.6 * mib);
  for (const file of files) expect(statSync(file).size).toBeLessThan(0.9 * mib);
  const labels = await Promise.all(files.map(async (file) => (await restore(pool, 'LABELONLY', [file])).recordset[0]));
  expect(labels).toMatchObject(
    [1, 2, 3].map((FamilySequenceNumber) => ({ MediaName: 'night', FamilyCount: 3, FamilySequenceNumber })),
  );
  expect(new Set(labels.map(({ MediaSetId }) => MediaSetId)).size).toBe(1);
  await restore(pool, 'VERIFYONLY', files.toReversed());
  const [header] = (await restore(pool, 'HEADERONLY', files.slice(1, 2))).recordset;
  expect(header).toMatchObject({ BackupName: 'n', BackupDescription: 'd', BackupSize: 2 * mib });
  const families = await pool.request().query(
    `SELECT f.family_sequence_number AS number, f.physical_device_name AS path, m.media_family_count AS families
      FROM msdb.dbo.backupset AS s JOIN msdb.dbo.backupmediafamily AS f ON f.media_set_id = s.media_set_id
      JOIN msdb.dbo.backupmediaset AS m ON m.media_set_id = s.media_set_id WHERE s.name = N'n' ORDER BY number`,
  );
  expect(families.recordset).toEqual(files.map((path, index) => ({ number: index + 1, path, families: 3 })));
});

test('verifying wants every stripe, once, of the same set, and finds damage in any', async () => {
  const pool = await start();
  const [files, others] = [paths(3), paths(3, 'o')];
  await backUp(pool, files);
  await backUp(pool, others);
  const verify = (...chosen: (string | undefined)[]) => errorOf(restore(pool, 'VERIFYONLY', chosen as string[]));
  expect(await verify(files[0], files[2])).toMatchObject({ number: 3013, precedingErrors: [{ number: 3132 }] });
  expect(await verify(files[0], files[2], files[2])).toMatchObject({ precedingErrors: [{ number: 3227 }] });
  expect(await verify(files[0], files[1], others[2])).toMatchObject({ precedingErrors: [{ number: 3258 }] });
  const bytes = readFileSync(files[1] as string);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(files[1] as string, bytes);
  expect(await verify(...files)).toMatchObject({ precedingErrors: [{ number: 3189 }] });
});

test('64 stripes are the most', async () => {
  const pool = await start();
  await backUp(pool, paths(64));
  expect(await errorOf(backUp(pool, paths(65, 'x')))).toMatchObject({ precedingErrors: [{ number: 3205 }] });
  expect(existsSync(paths(1, 'x')[0] as string)).toBe(false);
});

test.each(['MAXTRANSFERSIZE = 65537', 'MAXTRANSFERSIZE = 8388608', 'BLOCKSIZE = 1000', 'BLOCKSIZE = 131072', 'BUFFERCOUNT = 0'])(
  '%s is refused with 3217',
  async (option) => {
    const pool = await start();
    expect(await errorOf(backUp(pool, paths(1), `FORMAT, ${option}`))).toMatchObject({ precedingErrors: [{ number: 3217 }] });
  },
);

test('ZSTD is for SQL Server 2025 and later', async () => {
  const old = await start({ version: '16.0.4125.3' });
  const zstd = 'FORMAT, CHECKSUM, COMPRESSION (ALGORITHM = ZSTD, LEVEL = HIGH)';
  expect(await errorOf(backUp(old, paths(1), zstd))).toMatchObject({ number: 102 });
  const pool = await start({ version: '17.0.1000.7' });
  const [file = ''] = paths(1);
  await backUp(pool, [file], zstd);
  expect(statSync(file).size).toBeLessThan(2 * mib);
  await restore(pool, 'VERIFYONLY', [file]);
});

test.each([
  ['15.0.4033.1', '', false],
  ['15.0.4033.1', ', MAXTRANSFERSIZE = 65536', false],
  ['15.0.4033.1', ', MAXTRANSFERSIZE = 131072', true],
  ['15.0.4043.16', '', true],
])('an encrypted database on %s with COMPRESSION%s: smaller is %s', async (version, option, smaller) => {
  const pool = await start({ version, databases: [{ name: 'hosting', size: 2 * mib, encrypted: true }] });
  const [file = ''] = paths(1);
  await backUp(pool, [file], `FORMAT, COMPRESSION${option}`);
  expect(statSync(file).size < 2 * mib).toBe(smaller);
});

test('compression and checksums follow the settings of the server unless the statement says otherwise', async () => {
  const pool = await start({ configurations: { 'backup compression default': 1, 'backup checksum default': 1 } });
  const [file = ''] = paths(1);
  const header = async () => (await restore(pool, 'HEADERONLY', [file])).recordset[0];
  await backUp(pool, [file], 'FORMAT');
  expect(await header()).toMatchObject({ Compressed: true, HasBackupChecksums: true });
  await backUp(pool, [file], 'FORMAT, NO_COMPRESSION, NO_CHECKSUM');
  expect(await header()).toMatchObject({ Compressed: false, HasBackupChecksums: false });
});

test('verifying sends its progress and needs the right to create databases', async () => {
  const operator = { name: 'operator', password: 'x', databaseRoles: { hosting: ['db_backupoperator'] } };
  const server = await sandbox.server({
    logins: [operator, { ...operator, name: 'verifier', serverPermissions: ['CREATE ANY DATABASE'] }],
    databases: [{ name: 'hosting', size: 4 * mib }],
  });
  const pool = await sandbox.client(server, { user: 'operator', password: 'x' });
  await backUp(pool, paths(1));
  expect(await errorOf(restore(pool, 'VERIFYONLY', paths(1)))).toMatchObject({ precedingErrors: [{ number: 262 }] });
  const request = (await sandbox.client(server, { user: 'verifier', password: 'x' })).request();
  const messages: number[] = [];
  request.on('info', ({ number }: { number: number }) => messages.push(number));
  await request.batch(`RESTORE VERIFYONLY FROM ${disks(paths(1))} WITH CHECKSUM, STATS = 50`);
  expect(messages).toEqual([3211, 3211, 3262]);
});

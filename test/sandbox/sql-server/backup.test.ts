import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionPool } from 'mssql';
import type { RunningSqlServer } from '../../../sandbox/sql-server/start-sql-server';
import { createSandbox, errorOf, type Sandbox } from './support';

let sandbox: Sandbox;
let server: RunningSqlServer;
let pool: ConnectionPool;
beforeEach(async () => {
  sandbox = createSandbox();
  server = await sandbox.server({ databases: [{ name: 'hosting', size: 2 * 1024 * 1024 }] });
  pool = await sandbox.client(server);
});
afterEach(() => sandbox.end());

const backup = (file: string, options = 'COPY_ONLY, CHECKSUM, FORMAT, INIT') => {
  const path = join(sandbox.directory, file);
  return {
    path,
    run: () =>
      pool.request().batch(`BACKUP DATABASE [hosting] TO DISK = N'${path}' WITH ${options}, NAME = N'${file}', STATS = 25`),
  };
};

test('a backup sends its progress and writes the blocks of the Microsoft Tape Format', async () => {
  const messages: number[] = [];
  const { path } = backup('a.bak');
  const request = pool.request();
  request.on('info', (message: { number: number }) => messages.push(message.number));
  await request.batch(`BACKUP DATABASE [hosting] TO DISK = N'${path}' WITH FORMAT, STATS = 25`);
  expect(messages).toEqual([3211, 3211, 3211, 3211, 4035, 4035, 3014]);
  const bytes = readFileSync(path);
  expect([0, 0x400, 0x600, 0xa00, 0xe00].map((offset) => bytes.toString('latin1', offset, offset + 4))).toEqual([
    'TAPE',
    'SFMB',
    'SSET',
    'VOLB',
    'MSCI',
  ]);
  expect(bytes.toString('utf16le', 0x5e, 0x86)).toBe('Microsoft SQL Server');
  expect(bytes.length).toBeGreaterThan(2 * 1024 * 1024);
});

test('two backups differ only after a change, and compression makes the file smaller', async () => {
  const size = 2 * 1024 * 1024;
  const pages = (file: string) => {
    const bytes = readFileSync(file);
    return bytes.subarray(bytes.indexOf('MQDA', 0, 'latin1') + 24).subarray(0, size);
  };
  const [first, second, third, small] = ['1.bak', '2.bak', '3.bak', '4.bak'].map((name) => backup(name));
  await first!.run();
  await second!.run();
  server.databases.change('hosting');
  await third!.run();
  expect(pages(second!.path).equals(pages(first!.path))).toBe(true);
  expect(pages(third!.path).equals(pages(first!.path))).toBe(false);
  await pool.request().batch(`BACKUP DATABASE hosting TO DISK = N'${small!.path}' WITH COMPRESSION, FORMAT`);
  expect(readFileSync(small!.path).length).toBeLessThan(size);
});

test('HEADERONLY and FILELISTONLY read the set back from the file', async () => {
  const { path, run } = backup('h.bak');
  await run();
  const header = await pool.request().query(`RESTORE HEADERONLY FROM DISK = N'${path}'`);
  expect(header.recordset[0]).toMatchObject({
    BackupName: 'h.bak',
    DatabaseName: 'hosting',
    HasBackupChecksums: true,
    IsCopyOnly: true,
    IsDamaged: false,
  });
  const files = await pool.request().query(`RESTORE FILELISTONLY FROM DISK = N'${path}'`);
  expect(files.recordset.map((file: { Type: string }) => file.Type)).toEqual(['D', 'L']);
});

test('VERIFYONLY passes a good file and finds any flipped byte', async () => {
  const { path, run } = backup('v.bak');
  await run();
  const verify = () => pool.request().batch(`RESTORE VERIFYONLY FROM DISK = N'${path}' WITH CHECKSUM`);
  await verify();
  const good = readFileSync(path);
  for (const offset of [700_000, good.length - 700, good.length - 1]) {
    const bad = Buffer.from(good);
    bad[offset] = (bad[offset] ?? 0) ^ 1;
    writeFileSync(path, bad);
    const error = await errorOf(verify());
    expect(error).toMatchObject({ number: 3013, precedingErrors: [{ number: 3189 }] });
  }
});

test('VERIFYONLY WITH CHECKSUM refuses a set without checksums, and a file that is no backup', async () => {
  const { path, run } = backup('n.bak', 'FORMAT');
  await run();
  const verify = (file: string) => errorOf(pool.request().batch(`RESTORE VERIFYONLY FROM DISK = N'${file}' WITH CHECKSUM`));
  expect(await verify(path)).toMatchObject({ precedingErrors: [{ number: 3187 }] });
  writeFileSync(path, readFileSync(path).subarray(0, 5000));
  expect(await verify(path)).toMatchObject({ precedingErrors: [{ number: 3241 }] });
  expect(await verify(join(sandbox.directory, 'missing.bak'))).toMatchObject({ precedingErrors: [{ number: 3201 }] });
});

test('a missing directory is 3201 with Windows error 3, and a directory in the way 5', async () => {
  const messages = async (file: string) =>
    ((await errorOf(backup(file).run()))['precedingErrors'] as Error[]).map(({ message }) => message);
  expect(await messages('no/such/x.bak')).toEqual([expect.stringContaining('Operating system error 3(')]);
  mkdirSync(join(sandbox.directory, 'd.bak'));
  expect(await messages('d.bak')).toEqual([expect.stringContaining('Operating system error 5(')]);
});

test('a missing database is 911, a login without the right 262, compression on Express 1844', async () => {
  const missing = await errorOf(pool.request().batch("BACKUP DATABASE [none] TO DISK = N'x.bak' WITH FORMAT"));
  expect(missing).toMatchObject({ precedingErrors: [{ number: 911 }] });
  const express = await sandbox.server({
    edition: 'Express',
    logins: [
      { name: 'sa', password: 'x', mayBackUp: true },
      { name: 'guest', password: 'x', mayBackUp: false },
    ],
  });
  const sa = await sandbox.client(express, { password: 'x' });
  expect(await errorOf(sa.request().batch("BACKUP DATABASE master TO DISK = N'x.bak' WITH COMPRESSION, FORMAT"))).toMatchObject({
    precedingErrors: [{ number: 1844 }],
  });
  const guest = await sandbox.client(express, { user: 'guest', password: 'x' });
  expect(await errorOf(guest.request().batch("BACKUP DATABASE master TO DISK = N'x.bak' WITH FORMAT"))).toMatchObject({
    precedingErrors: [{ number: 262 }],
  });
});

test('msdb remembers a backup by its name', async () => {
  await backup('m.bak').run();
  const { recordset } = await pool
    .request()
    .query(
      "SELECT s.database_name AS db, s.is_copy_only AS copy, CAST(s.first_lsn AS nvarchar(30)) AS lsn, f.physical_device_name AS path FROM msdb.dbo.backupset s JOIN msdb.dbo.backupmediafamily f ON f.media_set_id = s.media_set_id WHERE s.name = N'm.bak'",
    );
  expect(recordset).toEqual([
    { db: 'hosting', copy: true, lsn: expect.stringMatching(/^\d{17}$/), path: join(sandbox.directory, 'm.bak') },
  ]);
});

test('a cancelled backup sees ATTENTION, stops, and leaves the connection usable', async () => {
  server.faults.add({ match: 'BACKUP DATABASE', atPercent: 25, stall: true });
  const request = pool.request();
  request.on('info', () => request.cancel());
  const { path } = backup('c.bak');
  expect(await errorOf(request.batch(`BACKUP DATABASE hosting TO DISK = N'${path}' WITH FORMAT, STATS = 25`))).toMatchObject({
    code: 'ECANCEL',
  });
  expect(server.attentions()).toBe(1);
  expect(server.history.list()).toHaveLength(0);
  expect((await pool.request().query('SELECT 1 AS x')).recordset).toEqual([{ x: 1 }]);
  expect(existsSync(path)).toBe(true);
});

test('scripted faults answer with their errors, once', async () => {
  const errors = [
    { number: 3201, text: "Cannot open backup device 'x'. Operating system error 32(In use)." },
    { number: 3013, text: 'BACKUP DATABASE is terminating abnormally.' },
  ];
  server.faults.add({ match: /^BACKUP/, errors });
  expect(await errorOf(backup('f.bak').run())).toMatchObject({ number: 3013, precedingErrors: [{ number: 3201 }] });
  await backup('f.bak').run();
});

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabaseBackups } from '../../src/databases/back-up-database';
import { createDiskRoad } from '../../src/databases/disk-road';
import { removedByServer } from '../../src/databases/removed-by-server';
import { removeEarlierAttempts } from '../../src/databases/staging-leftovers';
import { serverMark } from '../../src/databases/staging-names';
import type { StagingReader } from '../../src/ports/staging-files';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { createBench, runId, type Bench } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const stagedIn = (bench: Bench) => readdirSync(bench.staging);
const openBench = (changes: object = {}) => createBench(sandbox, { logins: [{ ...login, ...changes }] }, { stripes: 2 });

/** The directory only read, as one that is reached over SMB. */
function readOnly({ parts }: Bench, changes: Partial<StagingReader> = {}) {
  const { open, list } = parts.staging;
  const { sql, backupDirectory } = parts;
  return removedByServer({ open, list, ...changes }, { sql, backupDirectory, stallMs: 300 });
}

function backUp(bench: Bench) {
  const parts = { ...bench.parts, staging: readOnly(bench) };
  return createDatabaseBackups(parts, createDiskRoad(parts)).backUp({ runId, server: bench.address, database: 'master' });
}

/** May do all that a backup takes, and no more. */
const backupRights = {
  serverRoles: ['dbcreator'],
  serverPermissions: ['VIEW SERVER STATE', 'VIEW ANY DEFINITION'],
  databaseRoles: { '*': ['db_backupoperator'] },
};

test('every file of a backup goes from the disk of the server that wrote it, twice without harm', async () => {
  const bench = await openBench();
  const { staging } = await backUp(bench);
  expect(staging).toHaveLength(2);
  expect(stagedIn(bench)).toEqual(staging);
  await readOnly(bench).remove(bench.address, staging);
  expect(stagedIn(bench)).toEqual([]);
  await readOnly(bench).remove(bench.address, staging);
});

const elsewhere = { list: async () => [] };

test('what Hubkeep does not see is removed all the same: it may look at another directory than the server', async () => {
  const bench = await openBench();
  const { staging } = await backUp(bench);
  await readOnly(bench, elsewhere).remove(bench.address, staging);
  expect(stagedIn(bench)).toEqual([]);
});

test('and what the server refuses to remove there is told', async () => {
  const bench = await openBench(backupRights);
  const { staging } = await backUp(bench);
  expect(await errorOf(readOnly(bench, elsewhere).remove(bench.address, staging))).toMatchObject({
    code: 'sql.staging-left',
    message: expect.stringContaining(`${staging[0]} and 1 more`),
  });
});

test('where there is nothing to remove the server is not asked', async () => {
  await readOnly(await openBench()).remove('127.0.0.1:1', []);
});

test('a login that may not have files removed is told so, and what stays', async () => {
  const bench = await openBench(backupRights);
  const { staging } = await backUp(bench);
  const error = await errorOf(readOnly(bench).remove(bench.address, staging));
  expect(error).toMatchObject({
    code: 'sql.staging-left',
    retryable: false,
    message: expect.stringContaining(`from D:\\Backup: ${staging[0]} and 1 more`),
    hint: expect.stringContaining('EXECUTE on sys.xp_delete_file'),
  });
  expect(String((error.cause as Error).message)).toContain('EXECUTE permission was denied');
  expect(stagedIn(bench)).toEqual(staging);
});

test('the right to execute the procedure is enough for the server that this test runs on', async () => {
  const bench = await openBench({ ...backupRights, procedures: ['xp_delete_file'] });
  await readOnly(bench).remove(bench.address, (await backUp(bench)).staging);
  expect(stagedIn(bench)).toEqual([]);
});

test('a server that declines without a word is not believed', async () => {
  const bench = await openBench();
  const half = `hubkeep-${runId}-model-${serverMark(bench.address)}aaaa.bak`;
  writeFileSync(join(bench.staging, half), 'half');
  const error = await errorOf(readOnly(bench).remove(bench.address, [half]));
  expect(error).toMatchObject({ code: 'sql.staging-left', message: expect.stringContaining(half) });
  expect(stagedIn(bench)).toEqual([half]);
});

test('leftovers that stay are a warning of the backup, and no reason not to take it', async () => {
  const bench = await openBench();
  const half = 'hubkeep-20200101T020000Z-dead-master-0000aaaa.bak';
  writeFileSync(join(bench.staging, half), 'half');
  const { backup, staging } = await backUp(bench);
  expect(backup.warnings).toContainEqual(expect.stringContaining(half));
  expect(stagedIn(bench).sort()).toEqual([half, ...staging].sort());
});

test('leftovers of a server that cannot be asked are no mere warning', async () => {
  const bench = await openBench();
  writeFileSync(join(bench.staging, 'hubkeep-20200101T020000Z-dead-master-0000aaaa.bak'), 'half');
  const place = { staging: readOnly(bench), clock: bench.parts.clock };
  await bench.server.close();
  expect(await errorOf(removeEarlierAttempts(place, { runId, server: bench.address, database: 'master' }))).toMatchObject({
    code: 'sql.unreachable',
    retryable: true,
  });
});

test.each(['someone.bak', '../hubkeep.bak', 'master.mdf'])('nobody is asked to remove %s', async (name) => {
  const bench = await openBench();
  await expect(readOnly(bench).remove(bench.address, [name])).rejects.toThrow(/is not (a file name|the name of a staging file)/);
});

test('a server that is away for a moment is asked again', async () => {
  const bench = await openBench();
  const { staging } = await backUp(bench);
  await bench.server.close();
  expect(await errorOf(readOnly(bench).remove(bench.address, staging))).toMatchObject({
    code: 'sql.unreachable',
    retryable: true,
  });
});

test('a removal that hangs is stopped, and the files after it are not waited for as well', async () => {
  const bench = await openBench();
  const { staging } = await backUp(bench);
  bench.server.faults.add({ match: 'xp_delete_file', stall: true });
  const error = await errorOf(readOnly(bench).remove(bench.address, staging));
  expect(error).toMatchObject({ code: 'sql.staging-left', retryable: true, cause: { code: 'sql.stalled' } });
  // It hangs once: had the second file been asked for, it would be gone.
  expect(stagedIn(bench)).toContain(staging[1]);
});

test('a name that the file server lists in another case is the same file', async () => {
  const bench = await openBench(backupRights);
  const { staging } = await backUp(bench);
  const list = async () => stagedIn(bench).map((name) => name.toUpperCase());
  const error = await errorOf(readOnly(bench, { list }).remove(bench.address, staging));
  expect(error).toMatchObject({ code: 'sql.staging-left', message: expect.stringContaining(' and 1 more') });
});

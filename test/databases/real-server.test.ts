import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { classifySqlError } from '../../src/contracts/sql-errors/classify';
import { runIdOf } from '../../src/contracts/run-id';
import { createAzureBackupContainer } from '../../src/adapters/azure-blob/azure-backup-container';
import { createDatabaseBackups } from '../../src/databases/back-up-database';
import { createBackupCredentials } from '../../src/databases/backup-credentials';
import { createDiskRoad } from '../../src/databases/disk-road';
import { readDatabaseFacts } from '../../src/databases/database-facts';
import { createDatabaseDrill } from '../../src/databases/drill-databases';
import { everyRestoreStatement, everyStatement } from '../../src/databases/every-statement';
import { dropDatabase } from '../../src/databases/drill/statements';
import { openLockedSession } from '../../src/databases/open-locked-session';
import { proveBackup } from '../../src/databases/proof';
import { readRights } from '../../src/databases/rights';
import { createServerRestores } from '../../src/databases/restore-to-server';
import { createDatabaseRoutes } from '../../src/databases/routing/route-databases';
import { findByName, findDatabase, readServerFacts } from '../../src/databases/server-facts';
import { joinStagingPath } from '../../src/databases/staging-names';
import { backupDatabase, declareParameter, readBackupHeader, verifyBackup } from '../../src/databases/statements';
import { inspectBak } from '../../src/databases/tape/inspect-bak';
import type { SqlSession } from '../../src/ports/sql-server';
import { errorOf } from '../sandbox/sql-server/support';
import { isReal, openServerUnderTest, tag, type ServerUnderTest } from './server-under-test';
import { inMemory } from './tape/samples';

const hostile = `${tag} ]o'brien"; DROP TABLE x -- ../größe 数据`;
const names = [
  ['a plain', tag],
  ['a hostile', hostile],
] as const;
const newRun = () => runIdOf(new Date(), randomBytes(2).toString('hex'));

let server: ServerUnderTest;
let session: SqlSession;
beforeAll(async () => {
  server = await openServerUnderTest([tag, hostile]);
  session = await server.parts.sql.connect(server.address);
});
afterAll(async () => {
  await session?.close();
  await server?.close();
});

async function factsOf(name: string) {
  const facts = await readServerFacts(session);
  const database = await findDatabase(session, name);
  const rights = await readRights(session, database);
  const { utcOffsetMinutes } = facts;
  return { facts, database, rights, ...(await readDatabaseFacts(session, { database, rights, utcOffsetMinutes })) };
}

function fileNamed(name: string) {
  return {
    path: join(server.local, name),
    device: { kind: 'disk', name: joinStagingPath(server.parts.backupDirectory, name) } as const,
  };
}

let taken = 0;

/** Uncompressed, since only such a backup can be followed on a real server. */
async function backUpPlain(database: string, stripes = 1) {
  const setName = `${tag}-${taken++}.bak`;
  const files = Array.from({ length: stripes }, (_, i) => fileNamed(i === 0 ? setName : `${setName}.0${i}`));
  const devices = files.map(({ device }) => device);
  await session.execute(backupDatabase({ ...{ database, devices, setName }, compression: false }));
  return { setName, devices, paths: files.map(({ path }) => path) };
}

/** Without the directory, which a server on Linux may write in two ways. */
function fileNames({ logicalName, physicalName }: { readonly logicalName: string; readonly physicalName: string }) {
  return [logicalName, physicalName.split(/[\\/]/).at(-1)];
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  const { message, details } = await errorOf(work);
  return classifySqlError((details as { number: number }).number, message).kind;
}

test('a login that does not exist is refused, and nothing tells the password', async () => {
  const password = `No-${randomBytes(8).toString('hex')}`;
  const error = await errorOf(server.as(`${tag}_nobody`, password).connect(server.address));
  expect(error).toMatchObject({ code: 'sql.login-failed' });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(password);
});

test.each(names)('server, rights and a database with %s name tell what is recorded of them', async (_which, name) => {
  const { facts, database, rights, recorded, dataBytes } = await factsOf(name);
  expect(facts).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
    edition: expect.stringContaining('Edition'),
    collation: expect.stringMatching(/./),
    containedAuthentication: expect.any(Boolean),
  });
  expect(Math.abs(facts.utcOffsetMinutes)).toBeLessThanOrEqual(14 * 60);
  expect(rights).toMatchObject({ backsUp: true, verifies: true, seesUsers: true, login: expect.stringMatching(/./) });
  expect(database).toMatchObject({ name, state: 'ONLINE', containment: 'NONE', encrypted: false, isReplica: false });
  expect(recorded.files?.map(({ type }) => type)).toEqual(['ROWS', 'LOG']);
  expect(recorded.size).toBeGreaterThan(dataBytes ?? Infinity);
  expect(recorded).toMatchObject({ lastLogBackupAt: null, users: { count: 0, first: [] } });
});

test('a database is found whatever the case of its name', async () => {
  expect((await findDatabase(session, tag.toUpperCase())).name).toBe(tag);
});

test.each(names)('a server of no group takes its database with %s name itself', async (_which, database) => {
  const { sql, log } = server.parts;
  const routes = createDatabaseRoutes({ sql, log, servers: [server.address], databases: [database] });
  expect(await routes.route({ runId: newRun() })).toMatchObject({ targets: [{ server: server.address, database }], failed: [] });
});

describe.each([1, 3])('in %d files', (stripes) => {
  test.each(names)(
    'a database with %s name is backed up, proven, verified and stored as it was written',
    async (_which, name) => {
      const databases = createDatabaseBackups({ ...server.parts, stripes }, createDiskRoad(server.parts));
      const steps = new Set<string>();
      const request = { runId: newRun(), server: server.address, database: name };
      const { backup, staging } = await databases.backUp(request, { onProgress: ({ step }) => steps.add(step) });
      expect(backup).toMatchObject({ database: name, verifyOnly: { passed: true } });
      expect(backup.proof).toMatchObject({ source: 'msdb', hasChecksums: true, isDamaged: false, isCopyOnly: true });
      expect(Date.parse(backup.proof.finishedAt)).toBeGreaterThanOrEqual(Date.parse(backup.proof.startedAt));
      expect(steps).toContain('uploading');
      expect([backup.files.length, staging.length]).toEqual([stripes, stripes]);
      for (const [i, file] of backup.files.entries()) {
        const written = readFileSync(join(server.local, staging[i] ?? ''));
        expect((await server.parts.store.read(file.key)).content.equals(written)).toBe(true);
        expect(file).toMatchObject({ size: written.length, sha256: createHash('sha256').update(written).digest('hex') });
        // A real server compresses a backup into a form that nobody has described.
        expect(['whole', 'opaque']).toContain(file.inspection?.status);
      }
    },
  );
});

test.each(names)('a backup of a database with %s name tells in its file what msdb says of it', async (_which, name) => {
  const { facts, recorded } = await factsOf(name);
  const { setName, devices, paths } = await backUpPlain(name, 2);
  const proof = await proveBackup(session, { database: name, setName, devices, facts });
  expect(proof).toMatchObject({ source: 'msdb', compressed: false });
  const { firstLsn, lastLsn, checkpointLsn, databaseBackupLsn } = proof;
  for (const [i, path] of paths.entries()) {
    const { status, media, sets } = await inspectBak(inMemory(readFileSync(path)));
    expect([status, media?.family, media?.families]).toEqual(['whole', i + 1, 2]);
    expect(sets).toEqual([
      expect.objectContaining({
        ...{ type: 'full', name: setName, database: name, hasChecksums: true, isCopyOnly: true, isFinished: true },
        ...{ firstLsn, lastLsn, checkpointLsn, databaseBackupLsn },
      }),
    ]);
    // The double names no files in its backups.
    expect(sets[0]?.files.map(fileNames)).toEqual(isReal ? recorded.files?.map(fileNames) : []);
  }
});

test('the header of a file says what is taken for a proof where msdb has none', async () => {
  const { setName, devices } = await backUpPlain(hostile);
  const rows = await session.query(readBackupHeader(devices[0]!));
  expect(rows).toEqual([expect.objectContaining({ BackupName: setName, DatabaseName: hostile })]);
  const { HasBackupChecksums, IsCopyOnly, IsDamaged } = rows[0]!;
  expect([HasBackupChecksums, IsCopyOnly, IsDamaged].map(Boolean)).toEqual([true, true, false]);
});

test('VERIFYONLY passes what is whole, and finds damage and a missing stripe', async () => {
  const { devices, paths } = await backUpPlain(tag);
  await session.execute(verifyBackup(devices));
  const content = readFileSync(paths[0]!);
  const middle = content.length >> 1;
  for (let at = middle; at < middle + 65_536; at++) content[at]! ^= 0xff;
  const damaged = fileNamed(`${tag}-damaged.bak`);
  writeFileSync(damaged.path, content);
  expect(await kindOf(session.execute(verifyBackup([damaged.device])))).toBe('corruption');
  const striped = await backUpPlain(tag, 2);
  expect(await kindOf(session.execute(verifyBackup(striped.devices.slice(0, 1))))).toBe('restore');
});

test('a directory that is not there fails the backup with what Windows calls it', async () => {
  const backupDirectory = joinStagingPath(server.parts.backupDirectory, `${tag}_missing`);
  const databases = createDatabaseBackups(server.parts, createDiskRoad({ ...server.parts, backupDirectory }));
  const error = await errorOf(databases.backUp({ runId: newRun(), server: server.address, database: tag }));
  expect(error).toMatchObject({ code: 'sql.backup-failed', retryable: false, details: { kind: 'configuration' } });
  expect([2, 3]).toContain((error['details'] as { osError?: number }).osError);
});

test('a database that is being backed up is not taken a second time until the connection ends', async () => {
  const request = { runId: newRun(), server: server.address, database: tag };
  const parts = { ...server.parts, lockWaitMs: 100 };
  const first = await openLockedSession(parts, request);
  expect(await errorOf(openLockedSession(parts, request))).toMatchObject({ code: 'sql.backup-failed', retryable: true });
  await first.close();
  await (await openLockedSession({ ...server.parts, lockWaitMs: 10_000 }, request)).close();
});

function restoresOn({ parts }: ServerUnderTest) {
  const { sql, clock, staging, backupDirectory: directory } = parts;
  const container = createAzureBackupContainer({ accountUrl: 'http://127.0.0.1:9/nobody', sas: 'sig=none' }, 'x-sql', { clock });
  const credentials = createBackupCredentials({ sql, container, clock });
  const restoreParts = { ...parts, container, credentials, staging: { files: staging, directory }, prefersUrl: false };
  return { restoreParts, restores: createServerRestores(restoreParts) };
}

test.each(names)('a database with %s name is restored beside itself, from several files, and is there', async (_which, name) => {
  const databases = createDatabaseBackups({ ...server.parts, stripes: 2 }, createDiskRoad(server.parts));
  const { backup } = await databases.backUp({ runId: newRun(), server: server.address, database: name });
  const { restores } = restoresOn(server);
  const target = `${name}_copy`;
  const request = { server: server.address, items: [{ backup, target }], replace: false };
  const plan = await restores.plan(request);
  const before = readdirSync(server.local);
  try {
    const { files } = await restores.restore({ plan, item: plan.items[0]!, control: {} });
    const { recorded } = await factsOf(target);
    expect(recorded.files?.map(({ logicalName }) => logicalName)).toEqual(files.map(({ logicalName }) => logicalName));
    expect(recorded.state).toBe('ONLINE');
    expect(await errorOf(restores.plan(request))).toMatchObject({ code: 'restore.database-exists' });
    const again = await restores.plan({ ...request, replace: true });
    expect((await restores.restore({ plan: again, item: again.items[0]!, control: {} })).files).toEqual(files);
  } finally {
    await session.execute(dropDatabase(target)).catch(() => undefined);
  }
  expect(readdirSync(server.local)).toEqual(before);
});

test('a drill restores, checks, finds that there is no table, and leaves nothing', async () => {
  const databases = createDatabaseBackups(server.parts, createDiskRoad(server.parts));
  const { backup } = await databases.backUp({ runId: newRun(), server: server.address, database: tag });
  const { restores, restoreParts } = restoresOn(server);
  const drill = createDatabaseDrill({ ...restoreParts, restores, server: server.address });
  const result = await drill({ id: newRun(), databases: { status: 'succeeded', items: [{ status: 'succeeded', ...backup }] } });
  if (result.status === 'not-configured') throw new Error('The drill is configured');
  const [drilled] = result.databases;
  expect(drilled).toMatchObject({ problem: { code: 'drill.empty' }, seconds: { restoring: expect.any(Number) }, warnings: [] });
  expect(await findByName(session, drilled!.restoredAs)).toBeUndefined();
});

// The double reads only statements that it carries out.
(isReal ? test : test.skip)('every statement there is can be parsed', async () => {
  const parser = await server.parts.sql.connect(server.address);
  const parse = (statement: string) => parser.execute(`SET PARSEONLY ON;\n${statement}`);
  try {
    for (const { name, statement, parameters } of [...everyStatement(), ...everyRestoreStatement()]) {
      const declared = Object.entries(parameters).map(([parameter, value]) => declareParameter(parameter, value));
      const answer = await parse([...declared, statement].join('\n')).then(
        () => 'parsed',
        (error: unknown) => String(error),
      );
      expect([name, answer]).toEqual([name, 'parsed']);
    }
    // Nothing was carried out, and yet mistakes are found.
    await parse(`SELECT * FROM dbo.${tag}_nowhere`);
    expect(await errorOf(parse('BACKUP DATABASE'))).toMatchObject({ code: 'sql.statement-failed' });
  } finally {
    await parser.close();
  }
});

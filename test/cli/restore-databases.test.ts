import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planDatabases, restoreDatabases } from '../../src/cli/restore-databases';
import type { DatabasesRecord } from '../../src/contracts/recovery-point';
import { createMemoryBlobStore } from '../support/memory-blob-store';

let work: string;
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'hubkeep-databases-'))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

const stripes = [Buffer.alloc(3_000_000, 'first'), Buffer.alloc(1_000_000, 'second')];
const view = { stage: () => undefined, update: () => undefined, stop: () => undefined };

/** A striped backup in a store, of a database on a server whose names no file system takes as they are. */
async function stored() {
  const store = createMemoryBlobStore();
  const files = stripes.map((content, i) => ({
    key: `databases/x/${i}.bak`,
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  for (const [i, { key }] of files.entries()) await store.put(key, stripes[i]!);
  const proof = {
    source: 'msdb' as const,
    backupSetId: 'set',
    hasChecksums: true,
    isDamaged: false,
    isCopyOnly: true,
    compressed: true,
    firstLsn: '1',
    lastLsn: '2',
    checkpointLsn: '1',
    databaseBackupLsn: '0',
    startedAt: '2026-11-22T02:00:00Z',
    finishedAt: '2026-11-22T02:00:01Z',
  };
  const backup = {
    status: 'succeeded' as const,
    server: 'sql01:1433',
    database: '../Tenant: DB',
    serverVersion: '16',
    edition: 'Developer',
    recoveryModel: 'SIMPLE',
    files,
    proof,
    verifyOnly: { passed: true, at: '' },
    warnings: [],
  };
  const record: DatabasesRecord = { status: 'succeeded', items: [backup] };
  return { store, record };
}

test('every stripe is written below its server, under names that stay there', async () => {
  const { store, record } = await stored();
  const [restored] = await restoreDatabases(store, await planDatabases(record, work), view);
  const paths = restored!.files.map(({ path }) => path.slice(work.length + 1));
  expect(paths).toEqual([
    expect.stringMatching(/^sql01-1433-\w+\/tenant-db-\w+\.bak$/),
    expect.stringMatching(/^sql01-1433-\w+\/tenant-db-\w+\.02\.bak$/),
  ]);
  expect(restored!.files.map(({ path }) => readFileSync(path))).toEqual(stripes);
});

test('a damaged backup leaves no file behind', async () => {
  const { store, record } = await stored();
  await store.put('databases/x/0.bak', Buffer.alloc(3_000_000, 'third'));
  await expect(restoreDatabases(store, await planDatabases(record, work), view)).rejects.toMatchObject({
    code: 'format.damaged',
  });
  expect(readdirSync(work, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(bak|part)/.test(path))).toEqual([]);
});

test('a file that is there stops the restore before anything is written', async () => {
  const { store, record } = await stored();
  const [restored] = await restoreDatabases(store, await planDatabases(record, work), view);
  const [first, second] = restored!.files;
  rmSync(first!.path);
  await expect(planDatabases(record, work)).rejects.toMatchObject({ code: 'restore.target-not-empty' });
  expect([existsSync(first!.path), existsSync(second!.path)]).toEqual([false, true]);
});

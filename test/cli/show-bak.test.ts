import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox, type Sandbox } from '../sandbox/sql-server/support';
import { openStage, run, type Stage } from './stage';

let sandbox: Sandbox;
let stage: Stage;
let file: string;
beforeAll(async () => {
  sandbox = createSandbox();
  stage = await openStage();
  const server = await sandbox.server({ name: 'SQL1', databases: [{ name: 'appservice_hosting', size: 3 * 1024 * 1024 }] });
  const pool = await sandbox.client(server);
  file = join(sandbox.directory, 'hosting.bak');
  await pool
    .request()
    .batch(`BACKUP DATABASE appservice_hosting TO DISK = N'${file}' WITH COPY_ONLY, CHECKSUM, FORMAT, NAME = N'tonight'`);
});
afterAll(async () => {
  await stage.close();
  await sandbox.end();
});

test('a backup file is shown without any setting', async () => {
  const shown = await run({}, ['show', '--bak', file]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/State +whole/);
  expect(shown.stdout).toMatch(/Backup +full, copy-only/);
  expect(shown.stdout).toMatch(/Database +appservice_hosting/);
  const { json } = await run({}, ['show', '--bak', file, '--json']);
  expect(json()).toMatchObject({
    place: file,
    status: 'whole',
    media: { family: 1, families: 1 },
    sets: [
      { type: 'full', database: 'appservice_hosting', server: 'SQL1', name: 'tonight', hasChecksums: true, isCopyOnly: true },
    ],
  });
});

test('a blob is shown as it lies in the store', async () => {
  await stage.hubkeep('backup');
  await stage.store().put('databases/x/sql1/hosting.bak', readFileSync(file));
  const shown = await stage.hubkeep('show', '--bak', 'databases/x/sql1/hosting.bak', '--json');
  expect(shown.code).toBe(0);
  expect(shown.json()).toMatchObject({ status: 'whole', sets: [{ database: 'appservice_hosting' }] });
});

test('a file that is cut, and one that is no backup, end with 1 and the reason', async () => {
  const cut = join(sandbox.directory, 'cut.bak');
  writeFileSync(cut, readFileSync(file));
  truncateSync(cut, 1_000_000);
  const shown = await run({}, ['show', '--bak', cut]);
  expect([shown.code, shown.stdout]).toEqual([1, expect.stringMatching(/State +truncated: the file ends at byte 1000000/)]);
  writeFileSync(cut, 'hello');
  expect((await run({}, ['show', '--bak', cut, '--json'])).json()).toMatchObject({ status: 'not-a-backup', sets: [] });
});

test('what is neither a file nor a blob is named, and so is a call that asks for two things or none', async () => {
  expect(await stage.hubkeep('show', '--bak', 'databases/none.bak')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('databases/none.bak is neither a file'),
  });
  for (const words of [['show'], ['show', 'latest', '--bak', file]]) {
    expect(await run({}, words)).toMatchObject({ code: 2, stderr: expect.stringContaining('--bak') });
  }
});

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { hasSamba, startSmbServer, workgroup, type SmbServer } from '../../../sandbox/samba/start-samba';
import type { SmbFilesOptions } from '../../../src/adapters/smb-share/smb-files';
import { createSmbStaging } from '../../../src/adapters/smb-share/smb-staging';
import { createVirtualClock } from '../../support/virtual-clock';
import { errorOf } from '../../sandbox/sql-server/support';

const big = randomBytes(24 * 1024 * 1024 + 17);

let root: string;
let server: SmbServer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'hubkeep-smb-staging-'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'sql1/below'), { recursive: true });
  writeFileSync(join(root, 'sql1/a.bak'), big);
  writeFileSync(join(root, 'sql1/closed.bak'), 'closed', { mode: 0o600 });
  writeFileSync(join(root, 'sql1/empty.bak'), '');
  if (hasSamba) server = await startSmbServer({ directory: root, global: ['server smb encrypt = required'] });
});
afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

const check = hasSamba ? test : test.skip;

function open(changes: Partial<SmbFilesOptions> = {}) {
  const clock = createVirtualClock();
  const { port, user, password } = server;
  const account = { user, domain: workgroup, password, requireEncryption: true };
  const placeOf = (name: string) => ({ host: '127.0.0.1', port, share: 'files', directory: name, ...account, ...changes });
  return { clock, staging: createSmbStaging({ placeOf, clock }) };
}

check('lists the files of one server, and no directory', async () => {
  const names = await open().staging.list('sql1');
  expect(names).toEqual(expect.arrayContaining(['a.bak', 'closed.bak', 'empty.bak']));
  expect(names).not.toContain('below');
});

check('reads a file byte for byte, of the size it told', async () => {
  const { staging } = open();
  const file = await staging.open('sql1', 'a.bak');
  expect(file.size).toBe(big.length);
  expect(big.equals(await buffer(file.stream()))).toBe(true);
  expect(await buffer((await staging.open('sql1', 'empty.bak')).stream())).toHaveLength(0);
});

check('a reader that stops in the middle leaves the connection fit for the next', async () => {
  const { staging } = open();
  for await (const piece of (await staging.open('sql1', 'a.bak')).stream()) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  expect(big.equals(await buffer((await staging.open('sql1', 'a.bak')).stream()))).toBe(true);
});

check.each<[string, { name?: string } & Partial<SmbFilesOptions>, string]>([
  ['a file that is not there', { name: 'none.bak' }, 'must be the same directory'],
  ['a directory that is not there', { directory: 'sql9' }, 'must be the same directory'],
  ['a share that is not there', { share: 'none' }, 'must be the same directory'],
  ['a file that is denied', { name: 'closed.bak' }, 'read permission'],
  ['a wrong password', { password: 'CANARY-wrong' }, 'SQL_BACKUP_DIRECTORY_PASSWORD'],
])('%s is told with what helps, and not tried again', async (_, { name = 'a.bak', ...changes }, hint) => {
  const { staging } = open(changes);
  const error = await errorOf(staging.open('sql1', name).then((file) => buffer(file.stream())));
  expect(error).toMatchObject({ code: 'sql.staging-unreadable', retryable: false, hint: expect.stringContaining(hint) });
  expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain('CANARY');
});

check('an account that was refused is not tried again before a quarter of an hour has gone', async () => {
  const name = 'hubkeep-late';
  const { staging, clock } = open({ user: name });
  const refused = await errorOf(staging.list('sql1'));
  expect(refused).toMatchObject({ hint: expect.stringContaining('SQL_BACKUP_DIRECTORY_USER') });
  server.addUser(name);
  // Whoever is let in by now was not asked: it would be the same error anyway if it had been.
  expect(await errorOf(staging.list('sql1'))).toBe(refused);
  await clock.sleep(15 * 60_000);
  expect(await staging.list('sql1')).toContain('a.bak');
});

check('a server that ends the connection in the middle of a file is worth another try', async () => {
  const { staging } = open();
  const stream = (await staging.open('sql1', 'a.bak')).stream();
  const error = await errorOf(
    (async () => {
      let bytes = 0;
      for await (const piece of stream) {
        if (bytes === 0) for (const pid of server.workers()) server.signal(pid, 'KILL');
        bytes += piece.length;
      }
    })(),
  );
  expect(error).toMatchObject({ code: 'sql.staging-unreadable', retryable: true });
  expect(big.equals(await buffer((await staging.open('sql1', 'a.bak')).stream()))).toBe(true);
});

check('names with a path in them are refused before anything is asked', async () => {
  await expect(open().staging.open('sql1', '../a.bak')).rejects.toThrow(/is not a file name/);
});

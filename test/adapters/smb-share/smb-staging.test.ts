import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasSamba, startSmbServer, workgroup, type SmbServer } from '../../../sandbox/samba/start-samba';
import type { SmbFilesOptions } from '../../../src/adapters/smb-share/smb-files';
import { createSmbStaging } from '../../../src/adapters/smb-share/smb-staging';
import { listingBody } from '../../support/smb/listing';
import { body, command, startPretendServer } from '../../support/smb/pretend-server';
import { createVirtualClock } from '../../support/virtual-clock';
import { errorOf } from '../../sandbox/sql-server/support';

const big = randomBytes(24 * 1024 * 1024 + 17);

let root: string;
let server: SmbServer;
const cleanups: (() => unknown)[] = [];

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

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
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
  ['a share that is not there', { share: 'none' }, 'name of the share in SQL_BACKUP_DIRECTORY_LOCAL'],
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

/** Does something after every so many pieces. */
async function* disturbed(stream: AsyncIterable<Uint8Array>, every: number, disturb: () => void) {
  let pieces = 0;
  for await (const piece of stream) {
    yield piece;
    pieces += 1;
    if (pieces % every === 0) disturb();
  }
}

check('a file goes on where lost connections broke it off', async () => {
  const { staging } = open();
  let cuts = 0;
  const cut = () => {
    for (const pid of server.workers()) server.signal(pid, 'KILL');
    cuts += 1;
  };
  const file = await staging.open('sql1', 'a.bak');
  expect(big.equals(await buffer(disturbed(file.stream(), 2, cut)))).toBe(true);
  // More often than it would try in vain.
  expect(cuts).toBeGreaterThan(8);
});

check('a file that was written anew meanwhile is not put together of two', async () => {
  const path = join(root, 'sql1/new.bak');
  writeFileSync(path, big);
  const file = await open().staging.open('sql1', 'new.bak');
  let isNew = false;
  const replace = () => {
    if (isNew) return;
    isNew = true;
    writeFileSync(path, Buffer.concat([big, big]));
    for (const pid of server.workers()) server.signal(pid, 'KILL');
  };
  expect(await errorOf(buffer(disturbed(file.stream(), 5, replace)))).toMatchObject({
    code: 'sql.staging-unreadable',
    message: expect.stringContaining('was written to while it was read'),
  });
});

check('a server that stays away is a failure worth another try of the whole', async () => {
  const gone = await startSmbServer({ directory: root });
  const { staging } = open({ port: gone.port, requireEncryption: false });
  const file = await staging.open('sql1', 'a.bak');
  await gone.stop();
  expect(await errorOf(buffer(file.stream()))).toMatchObject({ code: 'sql.staging-unreadable', retryable: true });
});

check('names with a path in them are refused before anything is asked', async () => {
  await expect(open().staging.open('sql1', '../a.bak')).rejects.toThrow(/is not a file name/);
});

/** Hangs up on the first callers, and puts the others through. */
async function startMoodyRelay(port: number, refusals: number) {
  let callers = 0;
  const relay = createServer((socket) => {
    socket.on('error', () => undefined);
    callers += 1;
    if (callers <= refusals) return void socket.destroy();
    const through = connect(port, '127.0.0.1');
    through.on('error', () => socket.destroy());
    socket.on('close', () => through.destroy());
    socket.pipe(through).pipe(socket);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => relay.close());
  return { port: (relay.address() as AddressInfo).port, callers: () => callers };
}

check('a file server that was away while the backup was taken costs a wait and not the backup', async () => {
  const relay = await startMoodyRelay(server.port, 2);
  const { port } = relay;
  const { user, password } = server;
  const account = { user, domain: workgroup, password, requireEncryption: true };
  const now = () => new Date();
  const staging = createSmbStaging({
    placeOf: (directory) => ({ host: '127.0.0.1', port, share: 'files', directory, ...account }),
    clock: { now, sleep: (ms) => sleep(ms) },
  });
  const file = await staging.open('sql1', 'a.bak');
  expect(file.size).toBe(big.length);
  expect(relay.callers()).toBe(3);
});

test('a reader that stops in the middle, or finds another file, leaves nothing open on the server', async () => {
  const pretend = await startPretendServer();
  cleanups.push(pretend.close);
  let mtime = 130_000_000_000_000_000n;
  let opened = 0;
  const sized = (answer: Buffer) => {
    answer.writeBigUInt64LE(mtime, 24);
    answer.writeBigUInt64LE(3n << 20n, 48);
    return { body: answer };
  };
  pretend.script((request) => {
    if (request.command === command.create) {
      opened += 1;
      return sized(body(89));
    }
    if (request.command === command.close) {
      opened -= 1;
      return sized(body(60, [2, 1]));
    }
    const head = body(17, [2, 80]);
    head.writeUInt32LE(request.body.readUInt32LE(4), 4);
    return { body: Buffer.concat([head, Buffer.alloc(request.body.readUInt32LE(4))]) };
  });
  const { port, account } = pretend;
  const placeOf = () => ({ host: '127.0.0.1', port, share: 'files', directory: '', ...account });
  const staging = createSmbStaging({ placeOf, clock: createVirtualClock() });
  const file = await staging.open('sql1', 'a.bak');
  for await (const piece of file.stream()) {
    expect([piece.length > 0, opened]).toEqual([true, 1]);
    break;
  }
  expect(opened).toBe(0);
  // As large as before. Samba would not tell: it keeps the time of a file that a lost connection still holds open.
  mtime += 1n;
  expect(await errorOf(buffer(file.stream()))).toMatchObject({ code: 'sql.staging-unreadable', retryable: false });
  expect(opened).toBe(0);
});

test('a file that was deduplicated is there, a link is not', async () => {
  const pretend = await startPretendServer();
  cleanups.push(pretend.close);
  const entries = [{ name: 'plain' }, { name: 'deduplicated', reparseTag: 0x80000013 }, { name: 'link', reparseTag: 0xa000000c }];
  let isListed = false;
  pretend.script((request) => {
    if (request.command === command.create) return { body: body(89) };
    if (request.command === command.close) return { body: body(60) };
    if (isListed) return { status: 0x80000006 };
    isListed = true;
    return { body: listingBody(entries) };
  });
  const { port, account } = pretend;
  const placeOf = () => ({ host: '127.0.0.1', port, share: 'files', directory: '', ...account });
  const staging = createSmbStaging({ placeOf, clock: createVirtualClock() });
  expect(await staging.list('sql1')).toEqual(['plain', 'deduplicated']);
});

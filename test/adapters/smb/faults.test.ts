import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { openSmbShare, reparseTag, type SmbShare, type SmbShareOptions } from '../../../src/adapters/smb';
import { createRequest } from '../../../src/adapters/smb/create-close';
import { openSession } from '../../../src/adapters/smb/session';
import { differing, filesOf } from '../../support/smb/compare';
import { hasSamba, startSmbServer, type SmbServer } from '../../../sandbox/samba/start-samba';
import { startTamperingProxy, type TamperingProxy } from '../../support/smb/tampering-proxy';

const check = hasSamba ? test : test.skip;
const big = Buffer.alloc(30_000_000, 'some content ');

let directory: string;
let server: SmbServer;
let proxy: TamperingProxy;
let shares: SmbShare[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-share-'));
  chmodSync(directory, 0o755);
  for (let i = 0; i < 400; i++) {
    mkdirSync(join(directory, `tree/d${i % 20}`), { recursive: true });
    writeFileSync(join(directory, `tree/d${i % 20}/f${i}.txt`), `file ${i} `.repeat(i * 5));
  }
  writeFileSync(join(directory, 'a.txt'), 'content of a');
  writeFileSync(join(directory, 'tree/medium.bin'), big.subarray(0, 700_000));
  writeFileSync(join(directory, 'big.bin'), big);
  symlinkSync('msdfs:elsewhere\\share', join(directory, 'elsewhere'));
  if (!hasSamba) return;
  server = await startSmbServer({ directory, global: ['host msdfs = yes'], share: ['msdfs root = yes'] });
  proxy = await startTamperingProxy(server.port);
});

afterEach(() => {
  for (const share of shares) share.close();
  shares = [];
  server?.configure([]);
});

afterAll(async () => {
  await proxy?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function open(options: Partial<SmbShareOptions> = {}): SmbShare {
  const { port, user, password } = server;
  const share = openSmbShare({ host: '127.0.0.1', port, share: 'files', user, password, domain: '', ...options });
  shares.push(share);
  return share;
}

async function failure(call: Promise<unknown>): Promise<{ kind: string; message: string } | undefined> {
  return call.then(
    () => undefined,
    (error: { kind: string; message: string }) => error,
  );
}

check('a server that dies under a read fails it at once, and the next call connects anew', async () => {
  const share = open({ connections: 1 });
  const file = await share.open('big.bin');
  const into = Buffer.alloc(100_000);
  await file.read(into);
  const started = performance.now();
  for (const pid of server.workers()) server.signal(pid, 'KILL');
  const error = await failure(readToEnd(file.read, into));
  expect(error).toMatchObject({ name: 'SmbError', kind: 'lost' });
  expect(performance.now() - started).toBeLessThan(1000);
  expect(await failure(file.read(into))).toMatchObject({ kind: 'lost' });
  expect(await failure(file.close())).toMatchObject({ kind: 'lost' });
  expect((await share.readWhole('a.txt', { limit: 100 })).content.toString()).toBe('content of a');
});

check('a server that stalls fails what waits for it after the timeout, and the next call connects anew', async () => {
  const share = open({ connections: 1, timeoutMs: 400 });
  await share.stat('a.txt');
  const stalled = server.workers();
  for (const pid of stalled) server.signal(pid, 'STOP');
  try {
    const errors = await Promise.all([failure(share.stat('a.txt')), failure(share.list('tree')), failure(share.open('big.bin'))]);
    expect(errors.map((error) => error?.kind)).toEqual(['timed-out', 'timed-out', 'timed-out']);
    expect((await share.stat('a.txt')).size).toBe(12);
  } finally {
    for (const pid of stalled) server.signal(pid, 'CONT');
  }
});

check.each([1, 2, 3, 5, 9, 20])(
  'a server that lets %i requests be on their way at once is read all the same',
  async (credits) => {
    server.configure([`smb2 max credits = ${credits}`]);
    const share = open({ connections: 2 });
    const files = await filesOf(share, 'tree');
    expect(files.size).toBe(401);
    expect(await differing(share, directory, files)).toEqual([]);
    const file = await share.open('big.bin');
    expect((await readToEnd(file.read, Buffer.alloc(1_000_000))).equals(big)).toBe(true);
    expect((await file.close()).size).toBe(big.length);
  },
);

check('a server with small pieces is read all the same', async () => {
  server.configure(['smb2 max read = 65536', 'smb2 max trans = 65536']);
  const file = await open().open('big.bin');
  expect((await readToEnd(file.read, Buffer.alloc(10_000))).length).toBe(big.length);
});

check('a refused sign-in is not tried again, so that the account is not locked', async () => {
  const share = open({ port: proxy.port, password: 'wrong' });
  const kinds = await Promise.all([failure(share.list('')), failure(share.stat('a.txt')), failure(share.list('tree'))]);
  expect(kinds.map((error) => error?.kind)).toEqual(['login-refused', 'login-refused', 'login-refused']);
  expect((await failure(share.list('')))?.kind).toBe('login-refused');
  expect(proxy.connections()).toBe(1);
});

check('a guest session is refused, and so is none at all', async () => {
  server.configure(['map to guest = bad user', 'guest account = nobody']);
  expect(await failure(open({ user: 'nobody-knows-me' }).list(''))).toMatchObject({ kind: 'insecure' });
  expect(() => open({ user: '' })).toThrow(expect.objectContaining({ kind: 'insecure' }));
});

check('encryption that is required and not to be had is refused before anybody signs in', async () => {
  server.configure(['server smb encrypt = off']);
  for (const dialects of [[0x0210], [0x0300], [0x0311]]) {
    const error = await failure(open({ requireEncryption: true, dialects }).list(''));
    expect(error).toMatchObject({ kind: 'unsupported', message: expect.stringContaining('no encryption') });
  }
  expect((await open().stat('a.txt')).size).toBe(12);
});

check('a share of its own encryption is read sealed', async () => {
  server.configure(['smb encrypt = required']);
  expect((await open().readWhole('a.txt', { limit: 100 })).content.toString()).toBe('content of a');
});

check('a server that speaks older dialects alone is named as such', async () => {
  server.configure(['server max protocol = SMB2_02']);
  expect(await failure(open().list(''))).toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('2.1, 3.0, 3.0.2, 3.1.1'),
  });
});

check('a server without NTLM is told from one that refuses the password', async () => {
  server.configure(['ntlm auth = disabled']);
  expect((await failure(open().list('')))?.kind).toMatch(/^(unsupported|login-refused)$/);
});

check('what lies on another server of a namespace is not followed', async () => {
  const share = open();
  const link = (await share.list('')).find(({ name }) => name === 'elsewhere');
  expect(link?.reparseTag).toBe(reparseTag.dfs);
  expect((await failure(share.list('elsewhere')))?.kind).toBe('dfs');
  expect((await failure(share.readWhole('elsewhere/a.txt', { limit: 100 })))?.kind).toBe('dfs');
});

check('a file that somebody holds for himself is locked', async () => {
  const { port, user, password } = server;
  const transport = { host: '127.0.0.1', port, timeoutMs: 5000 };
  const account = { user, password, domain: '' };
  const session = await openSession({ ...transport, share: 'files', account, requireEncryption: false });
  const held = createRequest({ name: 'a.txt', kind: 'file' });
  held.body.writeUInt32LE(0, 32);
  await session.send([held]);
  expect(await failure(open().readWhole('a.txt', { limit: 100 }))).toMatchObject({ kind: 'locked' });
  expect(await failure(open().open('a.txt'))).toMatchObject({ kind: 'locked' });
  session.connection.fail(new Error('over') as never);
});

check('a file that is being read can be written, renamed and deleted', async () => {
  writeFileSync(join(directory, 'busy.txt'), 'before');
  const share = open();
  const file = await share.open('busy.txt');
  writeFileSync(join(directory, 'busy.txt'), 'after, and longer');
  const into = Buffer.alloc(100);
  expect((await readToEnd(file.read, into)).toString()).toBe('after, and longer');
  const closed = await file.close();
  expect([file.info.size, closed.size]).toEqual([6, 17]);
  const whole = await share.readWhole('busy.txt', { limit: 100, expected: 6 });
  expect([whole.content.toString(), whole.info.size]).toEqual(['after, and longer', 17]);
  expect((await share.readWhole('busy.txt', { limit: 4 })).content.toString()).toBe('after');
  rmSync(join(directory, 'busy.txt'));
  expect(await failure(share.stat('busy.txt'))).toMatchObject({ kind: 'not-found' });
});

test('where nobody listens is told with the code of the system, and not asked again at once', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const nobody = { host: '127.0.0.1', port, share: 'files', user: 'u', password: 'secret-of-u', domain: '' };
  const share = openSmbShare(nobody);
  const error = await failure(share.list(''));
  expect(error).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED' });
  expect(await failure(share.list(''))).toBe(error);
  expect(inspect(error, { depth: 9 })).not.toContain('secret-of-u');
  await sleep(600);
  expect(await failure(share.list(''))).not.toBe(error);
});

test('where nobody answers is given up after the timeout', async () => {
  const mute = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => mute.once('listening', resolve));
  const { port } = mute.address() as AddressInfo;
  const share = openSmbShare({ host: '127.0.0.1', port, share: 'f', user: 'u', password: 'p', domain: '', timeoutMs: 200 });
  const underway = failure(share.list(''));
  expect(await underway).toMatchObject({ kind: 'timed-out' });
  share.close();
  mute.close();
});

check('after close() everything fails, also what was underway', async () => {
  const share = open();
  await share.stat('a.txt');
  const underway = [failure(share.list('tree')), failure(share.readWhole('big.bin', { limit: big.length }))];
  share.close();
  expect((await Promise.all(underway)).map((error) => error?.kind)).toEqual(['closed', 'closed']);
  expect(await failure(share.list(''))).toMatchObject({ kind: 'closed' });
});

check('no error holds the password', async () => {
  server.configure(['server smb encrypt = off']);
  const { password } = server;
  const errors = await Promise.all([
    failure(open({ user: 'other' }).list('')),
    failure(open({ share: 'none' }).list('')),
    failure(open({ requireEncryption: true }).list('')),
    failure(open().list('none')),
    failure(open({ host: 'no-such-host.invalid' }).list('')),
  ]);
  expect(errors.map((error) => error?.kind)).toEqual([
    'login-refused',
    'share-missing',
    'unsupported',
    'not-found',
    'unreachable',
  ]);
  for (const error of errors) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(password);
});

async function readToEnd(read: (into: Uint8Array) => Promise<number>, into: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let bytes = await read(into); bytes > 0; bytes = await read(into)) pieces.push(Buffer.from(into.subarray(0, bytes)));
  return Buffer.concat(pieces);
}

import { mkdtempSync, rmSync, chmodSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { openSmbShare, type SmbShare, type SmbShareOptions } from '../../../src/adapters/smb';
import { hasSamba, startSmbServer, type SmbServer } from '../../../sandbox/samba/start-samba';
import { startTamperingProxy, type TamperingProxy } from '../../support/smb/tampering-proxy';

const check = hasSamba ? test : test.skip;
const insecure = expect.objectContaining({ name: 'SmbError', kind: 'insecure' });
const signedFlag = 0x8;
const flagsAt = 16;

let directory: string;
let server: SmbServer;
let proxy: TamperingProxy;
let shares: SmbShare[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-share-'));
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, 'a.txt'), 'content of a');
  if (!hasSamba) return;
  server = await startSmbServer({ directory });
  proxy = await startTamperingProxy(server.port);
});

afterEach(() => {
  for (const share of shares) share.close();
  shares = [];
  proxy?.reset();
});

afterAll(async () => {
  await proxy?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function open(options: Partial<SmbShareOptions> = {}): SmbShare {
  const { user, password } = server;
  const share = openSmbShare({ host: '127.0.0.1', port: proxy.port, share: 'files', user, password, domain: '', ...options });
  shares.push(share);
  return share;
}

const protections: readonly (readonly [string, Partial<SmbShareOptions>])[] = [
  ['signed by HMAC-SHA256', { dialects: [0x0210] }],
  ['signed by AES-CMAC', { dialects: [0x0302] }],
  ['signed by AES-GMAC', { dialects: [0x0311] }],
  ['sealed by AES-CCM', { dialects: [0x0300], requireEncryption: true }],
  ['sealed by AES-GCM', { dialects: [0x0311], requireEncryption: true }],
];

check.each(protections)('a byte that changes in a reply %s is noticed, wherever it is', async (_, options) => {
  const read = { limit: 1000, expected: 12 };
  for (const at of [14, 20, 45, 50, 70, 130, 200, 240]) {
    const share = open(options);
    expect((await share.readWhole('a.txt', read)).content.toString()).toBe('content of a');
    proxy.toClient((message) => {
      const changed = Buffer.from(message);
      changed[at]! ^= 4;
      return [changed];
    });
    const error = await share.readWhole('a.txt', read).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    // A byte of the number, command or link to the next part may be noticed before its signature is.
    expect(error).toMatchObject({ kind: expect.stringMatching(/^(insecure|protocol)$/) });
    proxy.reset();
    expect((await share.readWhole('a.txt', read)).content.toString()).toBe('content of a');
  }
});

check.each(protections)('a reply %s that comes again in place of another is refused', async (_, options) => {
  const share = open(options);
  let earlier: Buffer | undefined;
  proxy.toClient((message) => {
    earlier = message;
    return [message];
  });
  await share.stat('a.txt');
  proxy.toClient(() => [earlier!]);
  await expect(share.stat('a.txt')).rejects.toEqual(insecure);
});

check('a reply without its signature is refused', async () => {
  for (const dialect of [0x0210, 0x0302, 0x0311]) {
    const share = open({ dialects: [dialect] });
    await share.stat('a.txt');
    proxy.toClient((message) => [unsigned(message)]);
    await expect(share.stat('a.txt')).rejects.toEqual(insecure);
    proxy.reset();
  }
});

check.each([
  ['an answer', 0, 0],
  ['a promise of one', 0x103, 2],
])('%s in plain to a sealed request is refused', async (_, status, flags) => {
  const share = open({ requireEncryption: true });
  let plain: Buffer | undefined;
  proxy.toClient((message, number) => {
    if (number === 2) plain = unsigned(message);
    if (number !== 3) return [message];
    // The answer to TREE_CONNECT is the first that is sealed: its number is 3.
    plain!.writeUInt32LE(status, 8);
    plain!.writeUInt16LE(3, 12);
    plain!.writeUInt32LE(1 | flags, flagsAt);
    plain!.writeUInt32LE(3, 24);
    return [plain!, message];
  });
  await expect(share.stat('a.txt')).rejects.toEqual(insecure);
});

check('an error that says the session is gone, without a signature, ends the connection and not the share', async () => {
  const share = open();
  await share.stat('a.txt');
  proxy.toClient((message) => {
    const gone = unsigned(message.subarray(0, 73));
    gone.writeUInt32LE(0xc0000203, 8);
    gone.writeUInt32LE(0, 20);
    return [gone];
  });
  await expect(share.stat('a.txt')).rejects.toMatchObject({ kind: 'lost', statusName: 'STATUS_USER_SESSION_DELETED' });
  proxy.reset();
  expect((await share.stat('a.txt')).size).toBe(12);
});

describe('a dialect lowered on the way', () => {
  check.each([
    ['in the reply', 0x0302],
    ['in the reply to one before encryption', 0x0210],
    ['in the reply to one that was not offered', 0x0202],
  ])('%s is refused', async (_, lowered) => {
    proxy.toClient((message, number) => {
      if (number === 0) message.writeUInt16LE(lowered, 64 + 4);
      return [message];
    });
    await expect(open().list('')).rejects.toEqual(insecure);
  });

  check.each([[[0x0210]], [[0x0210, 0x0300]], [[0x0210, 0x0300, 0x0302]]])('in the request to %j is refused', async (left) => {
    proxy.toServer((message, number) => {
      if (number === 0) for (let i = 0; i < 4; i++) message.writeUInt16LE(left[Math.min(i, left.length - 1)]!, 100 + i * 2);
      return [message];
    });
    await expect(open().list('')).rejects.toEqual(insecure);
  });

  check('and one whose capabilities are is too', async () => {
    proxy.toClient((message, number) => {
      if (number === 0) message[64 + 24]! &= ~0x40;
      return [message];
    });
    await expect(open({ dialects: [0x0302] }).list('')).rejects.toEqual(insecure);
  });

  check.each([0x0210, 0x0300, 0x0302, 0x0311])(
    'and a server in dialect %i that is made to need no signatures is too',
    async (dialect) => {
      proxy.toClient((message, number) => {
        if (number === 0) message.writeUInt16LE(0, 64 + 2);
        return [message];
      });
      await expect(open({ dialects: [dialect] }).list('')).rejects.toEqual(insecure);
    },
  );

  check('an algorithm changed in the reply is refused at SMB 3.1.1', async () => {
    proxy.toClient((message, number) => {
      if (number === 0) message.writeUInt16LE(1, message.length - 2);
      return [message];
    });
    await expect(open().list('')).rejects.toMatchObject({ kind: expect.stringMatching(/^(insecure|protocol)$/) });
  });
});

check('a session that is to be encrypted cannot be made one that is not', async () => {
  server.configure(['server smb encrypt = required']);
  try {
    expect((await open().stat('a.txt')).size).toBe(12);
    let flags: number | undefined;
    proxy.toClient((message, number) => {
      if (number !== 2) return [message];
      flags = message.readUInt16LE(64 + 2);
      message.writeUInt16LE(0, 64 + 2);
      return [message];
    });
    await expect(open().stat('a.txt')).rejects.toEqual(insecure);
    expect(flags).toBe(4);
  } finally {
    server.configure([]);
  }
});

check('a sign-in whose challenge changes on the way is refused, wherever it does', async () => {
  let end = 65;
  for (let at = 64; at < end; at += 7) {
    proxy.toClient((message, number) => {
      if (number !== 1) return [message];
      end = message.length;
      message[at]! ^= 0x11;
      return [message];
    });
    const error = await open()
      .list('')
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect({ at, error }).toEqual({ at, error: expect.objectContaining({ name: 'SmbError' }) });
  }
  expect(end).toBeGreaterThan(200);
});

check('garbage in place of messages is refused, whenever it comes', async () => {
  const kinds = new Set<string>();
  for (let round = 0; round < 120; round++) {
    const hit = round % 5;
    proxy.toClient((message, number) => {
      if (number < hit) return [message];
      const changed = Buffer.from(message);
      for (let i = 0; i <= round % 7; i++) changed[(round * 31 + i * 17) % changed.length] = (round * 73 + i * 29) & 0xff;
      return [changed.subarray(0, round % 3 === 0 ? (round * 13) % changed.length : changed.length)];
    });
    const error = await open({ timeoutMs: 300 })
      .list('')
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    if (error !== undefined) {
      expect(error).toMatchObject({ name: 'SmbError' });
      kinds.add((error as { kind: string }).kind);
    }
    expect(inspect(error)).not.toContain(server.password);
  }
  expect(kinds).toContain('protocol');
});

check('one byte at a time makes no difference', async () => {
  proxy.drip(true);
  for (const [, options] of protections) {
    expect((await open(options).readWhole('a.txt', { limit: 1000 })).content.toString()).toBe('content of a');
  }
});

function unsigned(message: Buffer): Buffer {
  const stripped = Buffer.from(message);
  stripped.writeUInt32LE(stripped.readUInt32LE(flagsAt) & ~signedFlag, flagsAt);
  stripped.fill(0, 48, 64);
  return stripped;
}

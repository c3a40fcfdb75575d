import { isSmbError } from '../../../src/adapters/smb';
import { body, command, type PretendReply, type PretendRequest, type PretendServer } from '../../support/smb/pretend-server';
import { usePretendServer } from '../../support/smb/use-pretend-server';
import { createRandom, mutate } from '../../support/smb/random';

const status = {
  endOfFile: 0xc0000011,
  noMoreFiles: 0x80000006,
  internalError: 0xc00000e5,
  dataError: 0xc000003e,
  notFound: 0xc0000034,
} as const;
const tag = { symlink: 0xa000000c, junction: 0xa0000003, deduplicated: 0x80000013 } as const;
const openReparsePoint = 0x200000;

const { open, server: serverNow } = usePretendServer();
let server: PretendServer;
beforeEach(() => (server = serverNow()));

interface Behaviour {
  readonly content?: Buffer;
  /** Bytes a READ brings at most. */
  readonly piece?: number;
  /** There nothing can be read. */
  readonly brokenAt?: number;
  readonly tag?: number;
  readonly directory?: boolean;
  /** CLOSE tells nothing of the file. */
  readonly silentClose?: boolean;
  /** A step of a compound fails with the status of the one before (MS-SMB2 3.3.5.2.7.2). */
  readonly failsOn?: boolean;
  /** READ does not work in a compound. */
  readonly noReadTogether?: boolean;
}

/** One file, served by the book. Tells how many are open. */
function serveFile(behaviour: Behaviour): { opened: () => number } {
  const { content = Buffer.alloc(0), piece = Infinity } = behaviour;
  let opened = 0;
  let before = 0;
  let isThrough = false;
  const info = (bytes: Buffer) => {
    bytes.writeBigUInt64LE(130_000_000_000_000_000n, 24);
    bytes.writeBigUInt64LE(BigInt(content.length), 48);
    bytes.writeUInt32LE(
      (behaviour.tag !== undefined && !isThrough ? 0x400 : 0) | (behaviour.directory === true ? 0x10 : 0x80),
      56,
    );
    return bytes;
  };
  const answer = (request: PretendRequest): PretendReply => {
    switch (request.command) {
      case command.create:
        opened += 1;
        isThrough = (request.body.readUInt32LE(40) & openReparsePoint) === 0;
        return { body: info(body(89)) };
      case command.close:
        opened -= 1;
        return { body: behaviour.silentClose === true ? body(60) : info(body(60, [2, 1])) };
      case command.read: {
        if (behaviour.noReadTogether === true && request.together > 1) return { status: status.internalError };
        const at = Number(request.body.readBigUInt64LE(8));
        if (at === behaviour.brokenAt) return { status: status.dataError };
        const part = content.subarray(at, at + Math.min(piece, request.body.readUInt32LE(4)));
        if (part.length === 0 || (behaviour.tag !== undefined && !isThrough)) return { status: status.endOfFile };
        const head = body(17, [2, 80]);
        head.writeUInt32LE(part.length, 4);
        return { body: Buffer.concat([head, part]) };
      }
      case command.ioctl: {
        const data = Buffer.alloc(28);
        data.writeUInt32LE(behaviour.tag ?? 0, 0);
        data.writeUInt16LE(8, 10);
        data.write('else', behaviour.tag === tag.symlink ? 20 : 16, 'utf16le');
        const head = body(49);
        head.writeUInt32LE(64 + 48, 32);
        head.writeUInt32LE(data.length, 36);
        return { body: Buffer.concat([head, data]) };
      }
      default:
        return { status: status.noMoreFiles };
    }
  };
  server.script((request) => {
    const isFailing = behaviour.failsOn === true && request.together > 1 && request.command !== command.create && before !== 0;
    const reply = isFailing ? { status: before } : answer(request);
    before = reply.status ?? 0;
    return reply;
  });
  return { opened: () => opened };
}

const text = Buffer.from('some bytes of content, in pieces '.repeat(400));

test('a server that gives less than is asked for is asked on', async () => {
  const { opened } = serveFile({ content: text, piece: 1000 });
  const share = open();
  expect((await share.readWhole('a', { limit: 100_000, expected: text.length })).content.equals(text)).toBe(true);
  expect((await share.readWhole('a', { limit: 5000 })).content.equals(text.subarray(0, 5001))).toBe(true);
  const file = await share.open('a');
  const into = Buffer.alloc(100_000);
  expect(await file.read(into)).toBe(text.length);
  expect(into.subarray(0, text.length).equals(text)).toBe(true);
  expect(await file.read(into)).toBe(0);
  expect((await file.close()).size).toBe(text.length);
  expect(opened()).toBe(0);
});

test('after a piece that cannot be read nothing else is', async () => {
  const piece = 1024 * 1024;
  serveFile({ content: Buffer.alloc(3 * piece, 'x'), brokenAt: piece });
  const file = await open().open('a');
  const into = Buffer.alloc(piece);
  expect(await file.read(into)).toBe(piece);
  await expect(file.read(into)).rejects.toMatchObject({ kind: 'failed', statusName: 'STATUS_DATA_ERROR' });
  await expect(file.read(into)).rejects.toMatchObject({ kind: 'failed', statusName: 'STATUS_DATA_ERROR' });
  await file.close();
});

test('what a failed step of a compound leaves open is closed', async () => {
  const { opened } = serveFile({ failsOn: true });
  const share = open();
  expect((await share.readWhole('empty', { limit: 10, expected: 0 })).content.length).toBe(0);
  expect(opened()).toBe(0);
  expect(await share.list('nothing')).toEqual([]);
  expect(opened()).toBe(0);
});

test('a server that reads nothing in a compound, or tells nothing at the end, is asked again', async () => {
  for (const behaviour of [{ noReadTogether: true, failsOn: true }, { noReadTogether: true }, { silentClose: true }]) {
    const { opened } = serveFile({ content: text, ...behaviour });
    const { content, info } = await open().readWhole('a', { limit: 100_000, expected: text.length });
    expect(content.equals(text)).toBe(true);
    expect(info.size).toBe(text.length);
    expect(opened()).toBe(0);
  }
});

test('a deduplicated file is read through its reparse point, links are not followed', async () => {
  let { opened } = serveFile({ content: text, tag: tag.deduplicated });
  const share = open();
  expect((await share.readWhole('a', { limit: 100_000, expected: text.length })).content.equals(text)).toBe(true);
  const file = await share.open('a');
  expect(await file.read(Buffer.alloc(100_000))).toBe(text.length);
  await file.close();
  expect(opened()).toBe(0);

  ({ opened } = serveFile({ content: text, tag: tag.symlink }));
  await expect(share.readWhole('a', { limit: 100 })).rejects.toMatchObject({ kind: 'reparse' });
  await expect(share.open('a')).rejects.toMatchObject({ kind: 'reparse' });
  expect(await share.readReparsePoint('a')).toEqual({ tag: tag.symlink, target: 'else' });
  expect(opened()).toBe(0);

  ({ opened } = serveFile({ tag: tag.junction, directory: true }));
  await expect(share.list('a')).rejects.toMatchObject({ kind: 'reparse' });
  expect(await share.readReparsePoint('a')).toEqual({ tag: tag.junction, target: 'else' });
  expect(opened()).toBe(0);
});

test.each([
  ['as a guest', { flags: 1 }],
  ['as nobody', { flags: 2 }],
  ['without a signature', { flags: 0, isUnsigned: true }],
  ['with a wrong signature', { flags: 0, isSpoiled: true }],
  ['with a list of mechanisms that was changed', { flags: 0, mechanismListMic: Buffer.alloc(16, 1) }],
  ['with half a proof of that list', { flags: 0, mechanismListMic: Buffer.alloc(8, 1) }],
  ['to be encrypted without encryption', { flags: 4 }],
])('a sign-in that ends %s is refused', async (_, end) => {
  server.signIn(end);
  await expect(open().list('')).rejects.toMatchObject({ kind: 'insecure' });
});

test('a server that promises an answer for ever is given up after the timeout', async () => {
  server.script(() => ({ status: 0x103, flags: 2, isUnsigned: true, credits: 1 }));
  await expect(open({ timeoutMs: 150 }).stat('a')).rejects.toMatchObject({ kind: 'timed-out' });
});

test('a server that lets nothing more come is told as busy, without waiting', async () => {
  let answered = 0;
  server.script(() => ({ status: status.notFound, credits: answered++ < 600 ? 0 : 1 }));
  const share = open({ connections: 1 });
  const kinds = new Set<string>();
  for (let i = 0; i < 600 && !kinds.has('busy'); i++)
    kinds.add(
      await share.stat('a').then(
        () => 'none',
        (error: { kind: string }) => error.kind,
      ),
    );
  expect([...kinds]).toEqual(['not-found', 'busy']);
});

test.each<[string, () => PretendReply]>([
  ['a file of 2^60 bytes', () => ({ body: Buffer.concat([body(89).subarray(0, 54), Buffer.from([0, 0x10]), Buffer.alloc(32)]) })],
  ['a reply without its end', () => ({ body: body(89).subarray(0, 40) })],
  ['a reply of another structure', () => ({ body: body(60) })],
])('%s is refused', async (_, reply) => {
  server.script(reply);
  await expect(open().stat('a')).rejects.toMatchObject({ kind: 'protocol' });
});

test.each([
  ['in messages of their own', false],
  ['in one message', true],
])('whatever a server signs, %s, is understood or refused, and leaves nothing behind', async (_, together) => {
  if (together) server.join((replies) => replies);
  serveFile({ content: text.subarray(0, 50) });
  const random = createRandom(42);
  server.mutate((message) => (random.below(3) === 0 ? Buffer.from(mutate(message, random)) : message));
  const kinds = new Set<string>();
  for (let round = 0; round < 400; round++) {
    const share = open({ timeoutMs: 100 });
    const calls = [
      () => share.readWhole('a', { limit: 1000 }),
      () => share.list('d'),
      () => share.stat('a'),
      () => share.readReparsePoint('a'),
    ];
    await calls[round % calls.length]!().catch((error: unknown) => {
      if (!isSmbError(error)) throw error;
      kinds.add(error.kind);
    });
    share.close();
  }
  expect([...kinds]).toEqual(expect.arrayContaining(['protocol', 'insecure']));
});

test('files whose answers come in one message are each what they are', async () => {
  const share = open({ connections: 1 });
  await share.stat('file').catch(() => undefined);
  const content = Buffer.from('what both of them hold');
  serveFile({ content });
  server.glue(2);
  const files = await Promise.all(['one', 'two'].map((path) => share.readWhole(path, { limit: 100, expected: content.length })));
  expect(files.map((file) => file.content)).toEqual([content, content]);
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { SmbError } from '../../../src/adapters/smb';
import { createNtlm } from '../../../src/adapters/smb/ntlm';
import { listingBody } from '../../support/smb/listing';
import { body, command, type PretendReply, type PretendServer } from '../../support/smb/pretend-server';
import { usePretendServer } from '../../support/smb/use-pretend-server';

const noMoreFiles = { status: 0x80000006 };

const { open, server: serverNow } = usePretendServer({ connections: 1 });
let server: PretendServer;
beforeEach(() => (server = serverNow()));

/** One directory. Answers of `list` one after the other; tells how often it was asked and how many files are open. */
function serveDirectory(list: (number: number) => PretendReply): { asked: () => number; opened: () => number } {
  let asked = 0;
  let opened = 0;
  server.script((request) => {
    if (request.command === command.queryDirectory) return list(asked++);
    opened += request.command === command.create ? 1 : -1;
    return { body: request.command === command.create ? body(89) : body(60, [2, 1]) };
  });
  return { asked: () => asked, opened: () => opened };
}

describe('a listing', () => {
  test('goes on for as long as the server has more', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `file ${index}`);
    const { opened } = serveDirectory((number) => {
      const some = names.slice(number * 3, number * 3 + 3).map((name) => ({ name }));
      return some.length === 0 ? noMoreFiles : { body: listingBody(some) };
    });
    expect((await open().list('d')).map(({ name }) => name)).toEqual(names);
    expect(opened()).toBe(0);
  });

  test.each([
    ['answers with nothing', () => ({ body: listingBody([]) })],
    ['answers with the directory itself', () => ({ body: listingBody([{ name: '.' }, { name: '..' }]) })],
  ])('that never ends and %s is refused', async (_, list) => {
    const { asked, opened } = serveDirectory((number) => (number < 200 ? list() : noMoreFiles));
    await expect(open().list('d')).rejects.toMatchObject({ name: 'SmbError', kind: 'protocol' });
    expect(asked()).toBeLessThan(30);
    expect(opened()).toBe(0);
  });

  test('of more entries than allowed is refused', async () => {
    const many = listingBody(Array.from({ length: 500 }, (_, index) => ({ name: `${index}` })));
    const endless = serveDirectory(() => ({ body: many }));
    await expect(open({ maxEntries: 2000 }).list('d')).rejects.toMatchObject({ name: 'SmbError', kind: 'failed' });
    expect([endless.asked(), endless.opened()]).toEqual([5, 0]);
    serveDirectory((number) => (number < 4 ? { body: many } : noMoreFiles));
    expect((await open({ maxEntries: 2000 }).list('d')).length).toBe(2000);
  });

  test.each([
    ['whose entries lead back to themselves', [{ name: 'one', next: 8 }, { name: 'two' }]],
    ['whose entry leads out of it', [{ name: 'one', next: 0xffffff00 }, { name: 'two' }]],
    ['whose names reach into other entries', [{ name: 'one', nameLength: 100 }, { name: 'two' }, { name: 'x'.repeat(60) }]],
    ['whose name reaches out of it', [{ name: 'one', nameLength: 0xfffffffe }]],
    ['with half a letter', [{ name: 'one', nameLength: 5 }]],
    ['with a name of 20,000 letters', [{ name: 'x'.repeat(20_000) }]],
  ])('%s is refused, in few words', async (_, entries) => {
    const { opened } = serveDirectory((number) => (number === 0 ? { body: listingBody(entries) } : noMoreFiles));
    const error: unknown = await open()
      .list('d')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'SmbError', kind: 'protocol' });
    expect((error as SmbError).message.length).toBeLessThan(200);
    expect(opened()).toBe(0);
  });
});

describe('replies', () => {
  const info = (size: number) => {
    const bytes = body(89);
    bytes.writeBigUInt64LE(BigInt(size), 48);
    return bytes;
  };
  const file = (change?: (message: Buffer) => void): void =>
    server.script((request) => {
      switch (request.command) {
        case command.create:
          return { body: info(3), ...(change && { change }) };
        case command.read:
          return { body: Buffer.concat([body(17, [2, 80], [4, 3]), Buffer.from('abc')]) };
        default:
          return { body: body(60, [2, 1]) };
      }
    });

  test('to one message may come in any order, and each goes to its request', async () => {
    file();
    for (const order of [
      (replies: readonly Buffer[]) => replies,
      (replies: readonly Buffer[]) => replies.toReversed(),
      (replies: readonly Buffer[]) => [...replies.slice(1), ...replies.slice(0, 1)],
    ]) {
      server.join(order);
      expect((await open().readWhole('a', { limit: 10 })).content.toString()).toBe('abc');
    }
  });

  test('that come twice in one message are refused', async () => {
    file();
    server.join((replies) => replies.flatMap((reply) => (replies.length > 1 ? [reply, Buffer.from(reply)] : [reply])));
    await expect(open().readWhole('a', { limit: 10 })).rejects.toMatchObject({ kind: 'insecure' });
  });

  test.each<[string, string, (message: Buffer) => void]>([
    ['to what was not asked', 'insecure', (message) => message.writeUInt32LE(4711, 24)],
    ['of a number beyond all numbers', 'insecure', (message) => message.writeBigUInt64LE(0xfffffffffffffffen, 24)],
    ['that nobody asked for', 'insecure', (message) => message.writeBigUInt64LE(0xffffffffffffffffn, 24)],
    ['to another command', 'protocol', (message) => message.writeUInt16LE(command.close, 12)],
    ['of another session', 'protocol', (message) => message.writeBigUInt64LE(78n, 40)],
    ['that are requests', 'protocol', (message) => message.writeUInt32LE(8, 16)],
    ['whose next part is in themselves', 'protocol', (message) => message.writeUInt32LE(8, 20)],
    ['whose next part is behind them', 'protocol', (message) => message.writeUInt32LE(0xfffffff8, 20)],
    ['whose next part is not at a multiple of 8', 'protocol', (message) => message.writeUInt32LE(68, 20)],
  ])('%s are refused', async (_, kind, change) => {
    file(change);
    await expect(open().stat('a')).rejects.toMatchObject({ name: 'SmbError', kind });
  });

  test('that promise an answer without a signature are refused, unless they say how it will come', async () => {
    server.script(() => ({ status: 0x103, isUnsigned: true }));
    await expect(open().stat('a')).rejects.toMatchObject({ kind: 'insecure' });
    server.script(() => ({ status: 0, flags: 2, isUnsigned: true }));
    await expect(open().stat('a')).rejects.toMatchObject({ kind: 'insecure' });
  });

  test('with few bytes in large frames do not hold the frames', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const size = 250;
    const held: number[] = [];
    server.script((request) => {
      if (request.command !== command.read) return { body: request.command === command.create ? info(size) : body(60, [2, 1]) };
      const at = Number(request.body.readBigUInt64LE(8));
      if (at >= size) return { status: 0xc0000011 };
      if (at % 50 === 0) {
        collect();
        held.push(process.memoryUsage().arrayBuffers);
      }
      return { body: Buffer.concat([body(17, [2, 80], [4, 1]), Buffer.alloc(1_000_000, at)]) };
    });
    const into = Buffer.alloc(size);
    const opened = await open().open('a');
    expect(await opened.read(into)).toBe(size);
    expect(into.equals(Buffer.from(Array.from({ length: size }, (_, at) => at)))).toBe(true);
    // What is collected may be given back a while later, so that the least of some looks counts.
    expect(Math.min(...held.slice(2))).toBeLessThan(60_000_000);
  });
});

describe('a challenge', () => {
  const pair = (id: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  };
  const end = Buffer.alloc(4);

  test.each<[string, string, object]>([
    ['without extended security', 'insecure', { flags: 0xe0888215 & ~0x80000 }],
    ['without signatures', 'insecure', { flags: 0xe0888215 & ~0x10 }],
    ['without 128-bit keys', 'insecure', { flags: 0xe0888215 & ~0x20000000 }],
    ['without an exchange of keys', 'insecure', { flags: 0xe0888215 & ~0x40000000 }],
    ['with half a time', 'protocol', { targetInfo: Buffer.concat([pair(7, Buffer.alloc(4)), end]) }],
    ['whose information reaches out of it', 'protocol', { targetInfo: Buffer.from([2, 0, 0xff, 0xff]) }],
    ['that leaves no room for an answer', 'protocol', { targetInfo: Buffer.concat([pair(2, Buffer.alloc(65_450)), end]) }],
  ])('%s is refused', async (_, kind, { flags, ...rest }: { flags?: number }) => {
    server.challenge({ ...rest, ...(flags !== undefined && { flags: flags >>> 0 }) });
    await expect(open().list('')).rejects.toMatchObject({ name: 'SmbError', kind });
  });

  test('cannot take back that the answer is protected, nor say whom it is for', () => {
    const head = Buffer.alloc(56);
    head.write('NTLMSSP\0', 0, 'latin1');
    head.writeUInt32LE(2, 8);
    head.writeUInt32LE(0xe0888215, 20);
    const theirs = Buffer.concat([pair(6, Buffer.alloc(4)), pair(9, Buffer.from('cifs/elsewhere', 'utf16le')), end]);
    head.writeUInt16LE(theirs.length, 40);
    head.writeUInt32LE(56, 44);
    const { message } = createNtlm(server.account, 'here').authenticate(Buffer.concat([head, theirs]));
    const response = message.subarray(message.readUInt32LE(24), message.readUInt32LE(24) + message.readUInt16LE(20));
    const info = response.subarray(16 + 28);
    const ours = [pair(6, Buffer.from([2, 0, 0, 0])), pair(9, Buffer.from('cifs/here', 'utf16le')), end, Buffer.alloc(4)];
    expect(info.equals(Buffer.concat(ours))).toBe(true);
  });
});

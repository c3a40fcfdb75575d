import { parseClose, parseCreate } from '../../../src/adapters/smb/create-close';
import { createFrameReader } from '../../../src/adapters/smb/frames';
import { readHeader } from '../../../src/adapters/smb/header';
import { confirms, parseIoctl } from '../../../src/adapters/smb/ioctl';
import { createHello, parseNegotiate } from '../../../src/adapters/smb/negotiate';
import { parseChallenge } from '../../../src/adapters/smb/ntlm';
import { parseQueryDirectory } from '../../../src/adapters/smb/query-directory';
import { parseRead } from '../../../src/adapters/smb/read';
import { parseReparsePoint } from '../../../src/adapters/smb/reparse';
import { cipher, createSealer } from '../../../src/adapters/smb/sealing';
import { parseSessionSetup } from '../../../src/adapters/smb/session-setup';
import { excludesNtlm, parseAnswer } from '../../../src/adapters/smb/spnego';
import { parseTreeConnect } from '../../../src/adapters/smb/tree-connect';
import { isSmbError } from '../../../src/adapters/smb';
import { windowsSealed, windowsSignIn } from '../../support/smb/published-vectors';
import { createRandom, mutate } from '../../support/smb/random';

const rounds = 6000;
const { negotiateReply, setupReply } = windowsSignIn;
const hello = createHello([0x0302, 0x0311]);
const negotiated = parseNegotiate(negotiateReply, hello);
const setupToken = parseSessionSetup(setupReply).token;
const [sealed] = windowsSealed;
const sealerOf = (name: keyof typeof cipher, { sessionId, toClient }: { sessionId: bigint; toClient: string }) =>
  createSealer({ cipher: cipher[name], sessionId, toServer: Buffer.alloc(16), toClient: Buffer.from(toClient, 'hex') });
const ccm = sealerOf('aes128Ccm', sealed);
const gcm = sealerOf('aes128Gcm', windowsSealed[1]);

function reply(...body: readonly (readonly [at: number, value: number])[]): Buffer {
  const message = Buffer.alloc(64 + 200);
  message.writeUInt32LE(0x424d53fe, 0);
  message.writeUInt16LE(64, 4);
  message[16] = 1;
  for (const [at, value] of body) message.writeUInt32LE(value, 64 + at);
  return message;
}

/** Two entries, a file and a reparse point. */
function listing(): Buffer {
  const entry = (name: string, next: number, attributes: number) => {
    const bytes = Buffer.alloc(80 + name.length * 2 + 16);
    bytes.writeUInt32LE(next, 0);
    bytes.writeBigUInt64LE(1234n, 40);
    bytes.writeUInt32LE(attributes, 56);
    bytes.writeUInt32LE(name.length * 2, 60);
    bytes.writeUInt32LE(0xa000000c, 64);
    bytes.write(name, 80, 'utf16le');
    return bytes;
  };
  const first = entry('one.txt', 110, 0x20);
  const list = Buffer.concat([first, entry('two', 0, 0x400)]);
  const head = reply([0, 9 | ((64 + 8) << 16)], [4, list.length]).subarray(0, 64 + 8);
  return Buffer.concat([head, list]);
}

function symlink(): Buffer {
  const target = Buffer.from('..\\elsewhere', 'utf16le');
  const head = Buffer.alloc(20);
  head.writeUInt32LE(0xa000000c, 0);
  head.writeUInt16LE(target.length + 12, 4);
  head.writeUInt16LE(target.length, 10);
  return Buffer.concat([head, target]);
}

const parsers: readonly (readonly [name: string, sample: Buffer, parse: (message: Buffer) => unknown])[] = [
  ['header', setupReply, readHeader],
  ['NEGOTIATE', negotiateReply, (message) => parseNegotiate(message, hello)],
  ['list of mechanisms', negotiated.token, excludesNtlm],
  ['SESSION_SETUP', setupReply, parseSessionSetup],
  ['SPNEGO answer', setupToken, parseAnswer],
  ['NTLM challenge', parseAnswer(setupToken).token!, parseChallenge],
  ['TREE_CONNECT', reply([0, 16 | (1 << 16)]), parseTreeConnect],
  ['CREATE', reply([0, 89], [56, 0x20]), parseCreate],
  ['CLOSE', reply([0, 60 | (1 << 16)]), parseClose],
  ['READ', sealed.opened, (message) => parseRead(message, 23)],
  ['IOCTL', reply([0, 49], [32, 64 + 48], [36, 24]), (message) => confirms(parseIoctl(message), negotiated)],
  ['QUERY_DIRECTORY', listing(), parseQueryDirectory],
  ['reparse point', symlink(), parseReparsePoint],
  ['message sealed by CCM', sealed.reply, (message) => ccm.open(message)],
  ['message sealed by GCM', windowsSealed[1].reply, (message) => gcm.open(message)],
];

test.each(parsers)('%s: whatever comes is understood or refused, and nothing else happens', (_, sample, parse) => {
  expect(() => parse(Buffer.from(sample))).not.toThrow();
  const random = createRandom(sample.length);
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const message = mutate(sample, random);
    try {
      expectBounded(parse(message), message.length);
    } catch (error) {
      if (!isSmbError(error)) throw new Error(`round ${round}: ${message.toString('hex')}`, { cause: error });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(rounds / 100);
});

/** A reply is never made to stand for more than it has bytes. */
function expectBounded(parsed: unknown, bytes: number): void {
  if (Array.isArray(parsed)) {
    const names = parsed.reduce((sum: number, { name }: { name: string }) => sum + name.length, 0);
    if (parsed.length * 80 + names * 2 > bytes) throw new Error(`${parsed.length} entries, ${names} letters of ${bytes} bytes`);
  }
  if (Buffer.isBuffer(parsed) && parsed.length > bytes) throw new Error(`${parsed.length} bytes of ${bytes}`);
}

test('the sample of a listing is read as it was written', () => {
  expect(parseQueryDirectory(listing())).toMatchObject([
    { name: 'one.txt', size: 1234, reparseTag: undefined },
    { name: 'two', reparseTag: 0xa000000c },
  ]);
  expect(parseReparsePoint(symlink())).toEqual({ tag: 0xa000000c, target: '..\\elsewhere' });
});

test.each(['../x', 'a/b', 'a\\b', '', 'a\0b'])('a listing with the name %j is refused', (name) => {
  const message = listing();
  message.fill(0, 72 + 80, 72 + 94);
  message.writeUInt32LE(name.length * 2, 72 + 60);
  message.write(name, 72 + 80, 'utf16le');
  expect(() => parseQueryDirectory(message)).toThrow(expect.objectContaining({ kind: 'protocol' }));
});

describe('frames', () => {
  const frame = (content: Buffer) => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(content.length);
    return Buffer.concat([header, content]);
  };
  const feed = (stream: Buffer, size: () => number, limit = 1_000_000) => {
    const frames: Buffer[] = [];
    const reader = createFrameReader((message) => frames.push(message));
    reader.setLimit(limit);
    for (let at = 0; at < stream.length;) {
      const room = reader.room();
      const bytes = stream.copy(room, 0, at, at + Math.min(size(), room.length));
      reader.received(bytes);
      at += bytes;
    }
    return frames;
  };

  test('come out whole and with bytes of their own, however the stream is cut', () => {
    const random = createRandom(7);
    for (let round = 0; round < 60; round++) {
      const contents = Array.from({ length: 1 + random.below(20) }, () =>
        Buffer.alloc(random.below(round % 3 === 0 ? 400_000 : 300), random.below(256)),
      );
      const largest = round === 0 ? 1 : 1 + random.below(200_000);
      const frames = feed(Buffer.concat(contents.map(frame)), () => 1 + random.below(largest));
      expect(frames.length).toBe(contents.length);
      frames.forEach((message, index) => expect(message.equals(contents[index]!)).toBe(true));
    }
  });

  test('that are longer than agreed upon are refused before a byte of them is kept', () => {
    const protocol = expect.objectContaining({ kind: 'protocol' });
    expect(() => feed(frame(Buffer.alloc(1001)).subarray(0, 4), () => 4, 1000)).toThrow(protocol);
    expect(() => feed(Buffer.from([0x83, 0, 0, 1, 0]), () => 5)).toThrow(protocol);
  });
});

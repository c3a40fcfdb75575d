// The three messages of NTLM (MS-NLMP 2.2.1), NTLMv2 alone, with key exchange and MIC.
import { randomBytes } from 'node:crypto';
import { type Account, createIntegrity, hmacMd5, type Integrity, ntlmv2Response, responseKey, utf16 } from './ntlm-keys';
import { createRc4 } from './rc4';
import { createReader, malformed, type Reader } from './reader';
import { SmbError } from './smb-error';

const signature = Buffer.from('NTLMSSP\0', 'latin1');
const what = 'NTLM challenge';

/** MS-NLMP 2.2.2.5. */
const feature = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSessionSecurity: 0x8_0000,
  targetInfo: 0x80_0000,
  key128: 0x2000_0000,
  keyExchange: 0x4000_0000,
  key56: 0x8000_0000,
} as const;

const must =
  feature.unicode | feature.sign | feature.extendedSessionSecurity | feature.targetInfo | feature.key128 | feature.keyExchange;
const offered = (must | feature.requestTarget | feature.ntlm | feature.alwaysSign | feature.key56) >>> 0;

/** MS-NLMP 2.2.2.1. */
const pair = { end: 0, flags: 6, timestamp: 7, targetName: 9 } as const;
const micPresent = 2;

const authenticateSize = 88;
const micAt = 72;

export interface Authentication {
  readonly message: Buffer;
  readonly sessionKey: Buffer;
  readonly integrity: Integrity;
}

/** @param host the server as it was asked for: it can tell by it that the sign-in was meant for it. */
export function createNtlm(account: Account, host: string) {
  const negotiate = Buffer.alloc(32);
  signature.copy(negotiate);
  negotiate.writeUInt32LE(1, 8);
  negotiate.writeUInt32LE(offered, 12);

  return {
    negotiate,
    authenticate(challenge: Buffer): Authentication {
      const { flags, serverChallenge, pairs } = parseChallenge(challenge);
      const time = pairs.find(({ id }) => id === pair.timestamp)?.value ?? fileTime(Date.now());
      const targetInfo = Buffer.concat([
        ...pairs.filter(({ id }) => id !== pair.flags && id !== pair.targetName).map(({ id, value }) => encodePair(id, value)),
        encodePair(pair.flags, Buffer.from([micPresent, 0, 0, 0])),
        encodePair(pair.targetName, utf16(`cifs/${host}`)),
        encodePair(pair.end, Buffer.alloc(0)),
      ]);
      const clientChallenge = randomBytes(8);
      const answer = ntlmv2Response(responseKey(account), { serverChallenge, clientChallenge, time, targetInfo });
      const sessionKey = randomBytes(16);
      const message = encodeAuthenticate(account, {
        flags: (flags & offered) >>> 0,
        response: answer.response,
        sealedKey: createRc4(answer.sessionBaseKey)(sessionKey),
      });
      hmacMd5(sessionKey, negotiate, challenge, message).copy(message, micAt);
      return { message, sessionKey, integrity: createIntegrity(sessionKey) };
    },
  };
}

export interface ParsedChallenge {
  readonly flags: number;
  readonly serverChallenge: Buffer;
  readonly pairs: readonly { readonly id: number; readonly value: Buffer }[];
}

export function parseChallenge(message: Buffer): ParsedChallenge {
  const reader = createReader(message, what);
  if (!reader.bytes(0, 8).equals(signature) || reader.u32(8) !== 2) throw malformed(what, 'it is another message');
  const flags = reader.u32(20);
  if ((flags & must) >>> 0 !== must >>> 0) {
    throw new SmbError('insecure', 'The server offers no NTLMv2 with 128-bit keys and their exchange');
  }
  const info = createReader(reader.bytes(reader.u32(44), reader.u16(40)), what);
  return { flags, serverChallenge: reader.bytes(24, 8), pairs: parsePairs(info) };
}

function parsePairs(info: Reader): ParsedChallenge['pairs'] {
  const pairs = [];
  for (let at = 0; at < info.length;) {
    const id = info.u16(at);
    const length = info.u16(at + 2);
    if (id === pair.end) break;
    if (id === pair.timestamp && length !== 8) throw malformed(what, `a time of ${length} bytes`);
    pairs.push({ id, value: info.bytes(at + 4, length) });
    at += 4 + length;
  }
  return pairs;
}

function encodePair(id: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(value.length, 2);
  return Buffer.concat([header, value]);
}

interface AuthenticateFields {
  readonly flags: number;
  readonly response: Buffer;
  readonly sealedKey: Buffer;
}

function encodeAuthenticate({ user, domain }: Account, { flags, response, sealedKey }: AuthenticateFields): Buffer {
  const head = Buffer.alloc(authenticateSize);
  signature.copy(head);
  head.writeUInt32LE(3, 8);
  head.writeUInt32LE(flags, 60);
  // Beside NTLMv2 the LM response is zero (3.1.5.1.2).
  const fields: readonly (readonly [at: number, value: Buffer])[] = [
    [28, utf16(domain)],
    [36, utf16(user)],
    [44, utf16('HUBKEEP')],
    [12, Buffer.alloc(24)],
    [20, response],
    [52, sealedKey],
  ];
  let offset = authenticateSize;
  for (const [at, value] of fields) {
    head.writeUInt16LE(value.length, at);
    head.writeUInt16LE(value.length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    offset += value.length;
  }
  return Buffer.concat([head, ...fields.map(([, value]) => value)]);
}

const secondsFrom1601To1970 = 11_644_473_600n;

function fileTime(ms: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE((BigInt(ms) + secondsFrom1601To1970 * 1000n) * 10_000n);
  return time;
}

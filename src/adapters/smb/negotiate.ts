// NEGOTIATE and its contexts (MS-SMB2 2.2.3, 2.2.4, 3.2.5.2).
import { randomBytes } from 'node:crypto';
import { headerSize } from './header';
import { bytesPerCredit, capability, dialect, dialectName, securityMode } from './protocol';
import { createReader, malformed, type Reader } from './reader';
import { type Cipher, cipher, isCipher } from './sealing';
import { signing, type SigningAlgorithm } from './signing';
import { SmbError } from './smb-error';

const what = 'answer to NEGOTIATE';
const contextType = { preauth: 1, encryption: 2, signing: 8 } as const;
const sha512 = 1;
const fixedSize = 36;

/** What this client says of itself: the server is asked later whether it came through (VALIDATE_NEGOTIATE_INFO). */
export interface Hello {
  readonly dialects: readonly number[];
  readonly capabilities: number;
  readonly securityMode: number;
  readonly guid: Buffer;
}

export interface Negotiated {
  readonly dialect: number;
  readonly capabilities: number;
  readonly securityMode: number;
  readonly guid: Buffer;
  readonly maxRead: number;
  readonly maxTransact: number;
  /** Absent where sessions cannot be encrypted. */
  readonly cipher: Cipher | undefined;
  readonly signing: SigningAlgorithm;
  /** How the server wants one to sign in. */
  readonly token: Buffer;
}

export function createHello(dialects: readonly number[]): Hello {
  const speaks3 = dialects.some((value) => value >= dialect.smb30);
  return {
    dialects,
    capabilities: capability.largeMtu | (speaks3 ? capability.encryption : 0),
    securityMode: securityMode.signingEnabled | securityMode.signingRequired,
    guid: randomBytes(16),
  };
}

export function encodeNegotiate(hello: Hello): Buffer {
  const fixed = Buffer.alloc(fixedSize);
  fixed.writeUInt16LE(fixedSize, 0);
  fixed.writeUInt16LE(hello.dialects.length, 2);
  fixed.writeUInt16LE(hello.securityMode, 4);
  fixed.writeUInt32LE(hello.capabilities, 8);
  hello.guid.copy(fixed, 12);
  const start = Buffer.concat([fixed, encodeNumbers(hello.dialects)]);
  if (!hello.dialects.includes(dialect.smb311)) return start;

  const contexts = [
    encodeContext(contextType.preauth, Buffer.concat([encodeNumbers([1, 32, sha512]), randomBytes(32)])),
    encodeContext(contextType.encryption, encodeList([cipher.aes128Gcm, cipher.aes256Gcm, cipher.aes128Ccm, cipher.aes256Ccm])),
    encodeContext(contextType.signing, encodeList([signing.aesGmac, signing.aesCmac, signing.hmacSha256])),
  ];
  const padded = pad(start);
  padded.writeUInt32LE(headerSize + padded.length, 28);
  padded.writeUInt16LE(contexts.length, 32);
  // The last context has no padding after it.
  return Buffer.concat([padded, ...contexts.map((context, index) => (index < contexts.length - 1 ? pad(context) : context))]);
}

export function parseNegotiate(message: Buffer, hello: Hello): Negotiated {
  const reader = createReader(message, what);
  const at = headerSize;
  if (reader.u16(at) !== 65) throw malformed(what, `structure of ${reader.u16(at)}`);
  const chosen = reader.u16(at + 4);
  if (!hello.dialects.includes(chosen)) {
    throw new SmbError('insecure', `The server chose the dialect ${dialectName(chosen)}, which was not offered`);
  }
  const maxTransact = reader.u32(at + 28);
  const maxRead = reader.u32(at + 32);
  if (Math.min(maxTransact, maxRead) < bytesPerCredit) throw malformed(what, `pieces of ${Math.min(maxTransact, maxRead)} bytes`);
  const capabilities = reader.u32(at + 24);
  const isMultiCredit = (capabilities & capability.largeMtu) !== 0;
  return {
    dialect: chosen,
    capabilities,
    securityMode: reader.u16(at + 2),
    guid: reader.bytes(at + 8, 16),
    maxRead: isMultiCredit ? maxRead : bytesPerCredit,
    maxTransact: isMultiCredit ? maxTransact : bytesPerCredit,
    token: reader.bytes(reader.u16(at + 56), reader.u16(at + 58)),
    ...(chosen === dialect.smb311 ? parseContexts(reader) : olderAlgorithms(chosen, capabilities)),
  };
}

type Algorithms = Pick<Negotiated, 'cipher' | 'signing'>;

function olderAlgorithms(chosen: number, capabilities: number): Algorithms {
  if (chosen < dialect.smb30) return { cipher: undefined, signing: signing.hmacSha256 };
  const canEncrypt = (capabilities & capability.encryption) !== 0;
  return { cipher: canEncrypt ? cipher.aes128Ccm : undefined, signing: signing.aesCmac };
}

function parseContexts(reader: Reader): Algorithms {
  const count = reader.u16(headerSize + 6);
  let at = reader.u32(headerSize + 60);
  let hashes = 0;
  let found: Algorithms = { cipher: undefined, signing: signing.aesCmac };
  for (let i = 0; i < count; i++) {
    const type = reader.u16(at);
    const length = reader.u16(at + 2);
    const data = createReader(reader.bytes(at + 8, length), what);
    if (type === contextType.preauth) hashes += readHash(data);
    if (type === contextType.encryption) found = { ...found, cipher: readCipher(data) };
    if (type === contextType.signing) found = { ...found, signing: readSigning(data) };
    at += 8 + Math.ceil(length / 8) * 8;
  }
  if (hashes !== 1) throw new SmbError('insecure', 'The server speaks SMB 3.1.1 without protecting how it was agreed upon');
  return found;
}

function readHash(data: Reader): number {
  if (data.u16(0) !== 1 || data.u16(4) !== sha512) throw malformed(what, 'another hash than SHA-512');
  return 1;
}

/** 0 says that none is supported (MS-SMB2 2.2.4.1.2). */
function readCipher(data: Reader): Cipher | undefined {
  const value = data.u16(2);
  if (data.u16(0) !== 1 || (value !== 0 && !isCipher(value))) throw malformed(what, `cipher ${value}`);
  return isCipher(value) ? value : undefined;
}

function readSigning(data: Reader): SigningAlgorithm {
  const value = data.u16(2);
  const known = Object.values(signing).find((algorithm) => algorithm === value);
  if (data.u16(0) !== 1 || known === undefined) throw malformed(what, `signing algorithm ${value}`);
  return known;
}

function encodeContext(type: number, data: Buffer): Buffer {
  return Buffer.concat([encodeNumbers([type, data.length, 0, 0]), data]);
}

function encodeList(values: readonly number[]): Buffer {
  return encodeNumbers([values.length, ...values]);
}

function encodeNumbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

// The computations of NTLMv2 (MS-NLMP 3.3.2) and of message integrity under it (3.4.4, 3.4.5).
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { md4 } from './md4';
import { createRc4 } from './rc4';

export interface Account {
  readonly user: string;
  /** Empty where the user is written as user@domain. */
  readonly domain: string;
  readonly password: string;
}

export interface Challenge {
  readonly serverChallenge: Buffer;
  readonly clientChallenge: Buffer;
  /** A FILETIME. */
  readonly time: Buffer;
  /** What the server said of itself, with what the client adds. */
  readonly targetInfo: Buffer;
}

export interface Response {
  readonly response: Buffer;
  readonly sessionBaseKey: Buffer;
}

/** Signs and verifies in the name of a signed-in session, message by message. */
export interface Integrity {
  sign(message: Buffer): Buffer;
  verify(message: Buffer, signature: Buffer): boolean;
}

export function hmacMd5(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

export function responseKey({ user, domain, password }: Account): Buffer {
  return hmacMd5(md4(utf16(password)), utf16(upperCase(user) + domain));
}

export function ntlmv2Response(key: Buffer, challenge: Challenge): Response {
  const { time, clientChallenge, targetInfo, serverChallenge } = challenge;
  const version = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const blob = Buffer.concat([version, time, clientChallenge, Buffer.alloc(4), targetInfo, Buffer.alloc(4)]);
  const proof = hmacMd5(key, serverChallenge, blob);
  return { response: Buffer.concat([proof, blob]), sessionBaseKey: hmacMd5(key, proof) };
}

export function createIntegrity(sessionKey: Buffer): Integrity {
  const toServer = createDirection(sessionKey, 'client-to-server');
  const toClient = createDirection(sessionKey, 'server-to-client');
  return {
    sign: toServer,
    verify(message, signature) {
      const expected = toClient(message);
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    },
  };
}

function createDirection(sessionKey: Buffer, direction: string): (message: Buffer) => Buffer {
  const derive = (use: string) =>
    createHash('md5').update(sessionKey).update(`session key to ${direction} ${use} key magic constant\0`, 'latin1').digest();
  const signingKey = derive('signing');
  const stream = createRc4(derive('sealing'));
  let sequence = 0;
  return (message) => {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(sequence++);
    const checksum = stream(hmacMd5(signingKey, number, message).subarray(0, 8));
    return Buffer.concat([Buffer.from([1, 0, 0, 0]), checksum, number]);
  };
}

export function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

/** Letter by letter, as Windows does it: no letter becomes two. */
function upperCase(text: string): string {
  return Array.from(text, (letter) => {
    const upper = letter.toUpperCase();
    return upper.length === letter.length ? upper : letter;
  }).join('');
}

// Encryption of whole messages, compounds included, in an SMB2 TRANSFORM_HEADER (MS-SMB2 2.2.41, 3.1.4.3, 3.2.5.1.1).
import { createCipheriv, createDecipheriv, createSecretKey, type CipherCCMTypes } from 'node:crypto';
import { SmbError } from './smb-error';

/** As numbered in SMB2_ENCRYPTION_CAPABILITIES (2.2.3.1.2). */
export const cipher = { aes128Ccm: 1, aes128Gcm: 2, aes256Ccm: 3, aes256Gcm: 4 } as const;

export type Cipher = (typeof cipher)[keyof typeof cipher];

const ciphers: Readonly<Record<Cipher, { readonly name: string; readonly keySize: number; readonly nonceSize: number }>> = {
  [cipher.aes128Ccm]: { name: 'aes-128-ccm', keySize: 16, nonceSize: 11 },
  [cipher.aes128Gcm]: { name: 'aes-128-gcm', keySize: 16, nonceSize: 12 },
  [cipher.aes256Ccm]: { name: 'aes-256-ccm', keySize: 32, nonceSize: 11 },
  [cipher.aes256Gcm]: { name: 'aes-256-gcm', keySize: 32, nonceSize: 12 },
};

const transformId = 0x424d53fd;
export const transformSize = 52;
const tagAt = 4;
const tagSize = 16;
const nonceAt = 20;
const sizeAt = 36;
const encrypted = 1;

export interface Sealer {
  seal(message: Buffer): Buffer;
  /** What was sealed by the server of this session. Throws when anything about it is not as it was sent. */
  open(frame: Buffer): Buffer;
}

export interface SealerOptions {
  readonly cipher: Cipher;
  readonly sessionId: bigint;
  readonly toServer: Buffer;
  readonly toClient: Buffer;
}

export function isCipher(value: number): value is Cipher {
  return value in ciphers;
}

export function cipherKeySize(value: Cipher): number {
  return ciphers[value].keySize;
}

export function isSealed(frame: Buffer): boolean {
  return frame.length >= 4 && frame.readUInt32LE(0) === transformId;
}

export function createSealer(options: SealerOptions): Sealer {
  const { nonceSize } = ciphers[options.cipher];
  // GCM takes the same calls, without the length that only CCM has to know before.
  const name = ciphers[options.cipher].name as CipherCCMTypes;
  const toServer = createSecretKey(options.toServer);
  const toClient = createSecretKey(options.toClient);
  const sized = { authTagLength: tagSize };
  let sealed = 0n;

  return {
    seal(message) {
      const header = Buffer.alloc(transformSize);
      header.writeUInt32LE(transformId, 0);
      // Under one key no nonce may come twice: keys are new with every session, so counting is enough.
      header.writeBigUInt64LE(sealed++, nonceAt);
      header.writeUInt32LE(message.length, sizeAt);
      header.writeUInt16LE(encrypted, 42);
      header.writeBigUInt64LE(options.sessionId, 44);
      const engine = createCipheriv(name, toServer, header.subarray(nonceAt, nonceAt + nonceSize), sized);
      engine.setAAD(header.subarray(nonceAt), { plaintextLength: message.length });
      const content = engine.update(message);
      engine.final();
      engine.getAuthTag().copy(header, tagAt);
      return Buffer.concat([header, content]);
    },

    open(frame) {
      if (frame.length <= transformSize) throw broken('it is too short');
      if (frame.readUInt16LE(42) !== encrypted) throw broken('it names no encryption');
      if (frame.readUInt32LE(sizeAt) !== frame.length - transformSize) throw broken('its size is not what it says');
      if (frame.readBigUInt64LE(44) !== options.sessionId) throw broken('it belongs to another session');
      const engine = createDecipheriv(name, toClient, frame.subarray(nonceAt, nonceAt + nonceSize), sized);
      engine.setAuthTag(frame.subarray(tagAt, tagAt + tagSize));
      engine.setAAD(frame.subarray(nonceAt, transformSize), { plaintextLength: frame.length - transformSize });
      try {
        const message = engine.update(frame.subarray(transformSize));
        engine.final();
        return message;
      } catch (cause) {
        throw new SmbError('insecure', 'A sealed message of the server has been changed on its way', { cause });
      }
    },
  };
}

function broken(why: string): SmbError {
  return new SmbError('insecure', `A sealed message of the server cannot be opened: ${why}`);
}

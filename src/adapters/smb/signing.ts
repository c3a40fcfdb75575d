// MS-SMB2 3.1.4.1: the signature of a message, over its bytes with the field of the signature zero.
import { createCipheriv, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { createAesCmac } from './aes-cmac';
import { flag, signatureAt, signatureSize } from './header';

/** As numbered in SMB2_SIGNING_CAPABILITIES (2.2.3.1.7). */
export const signing = { hmacSha256: 0, aesCmac: 1, aesGmac: 2 } as const;

export type SigningAlgorithm = (typeof signing)[keyof typeof signing];

export interface Signer {
  /** Fills the field of the signature, which is zero. */
  sign(message: Buffer): void;
  /** True when `message` came from the server of this session and has not been changed. */
  verify(message: Buffer): boolean;
}

export function createSigner(algorithm: SigningAlgorithm, key: Buffer): Signer {
  // Node takes four times as long to start with a key in a Buffer.
  const code = createCode(algorithm, createSecretKey(key));
  const noSignature = Buffer.alloc(signatureSize);
  const given = Buffer.alloc(signatureSize);
  return {
    sign(message) {
      code(message).copy(message, signatureAt);
    },
    verify(message) {
      const field = message.subarray(signatureAt, signatureAt + signatureSize);
      field.copy(given);
      noSignature.copy(field);
      const isGenuine = timingSafeEqual(code(message), given);
      given.copy(field);
      return isGenuine;
    },
  };
}

function createCode(algorithm: SigningAlgorithm, key: KeyObject): (message: Buffer) => Buffer {
  switch (algorithm) {
    case signing.hmacSha256:
      return (message) => createHmac('sha256', key).update(message).digest().subarray(0, signatureSize);
    case signing.aesCmac:
      return createAesCmac(key);
    case signing.aesGmac:
      return createGmac(key);
  }
}

function createGmac(key: KeyObject): (message: Buffer) => Buffer {
  const nonce = Buffer.alloc(12);
  return (message) => {
    // The message's number and who sent it. Of requests only CANCEL would need another bit, and this client sends none.
    message.copy(nonce, 0, 24, 32);
    nonce[8] = message.readUInt32LE(16) & flag.fromServer;
    const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(message);
    cipher.final();
    return cipher.getAuthTag();
  };
}

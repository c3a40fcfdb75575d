// MS-SMB2 3.1.4.2: SP800-108 in counter mode with HMAC-SHA256, one round.
import { createHmac } from 'node:crypto';
import { dialect } from './protocol';

export interface KeySource {
  readonly dialect: number;
  /** What the authentication left both sides with. */
  readonly sessionKey: Buffer;
  /** Of SMB 3.1.1: the hash over all that was said until the session was there. */
  readonly preauthHash: Buffer;
  /** Bytes of a key of the cipher that was negotiated. */
  readonly cipherKeySize: number;
}

export interface SessionKeys {
  readonly signing: Buffer;
  readonly toServer: Buffer;
  readonly toClient: Buffer;
}

/** The keys of a session of SMB 3; before it the session key itself signs. */
export function deriveKeys(source: KeySource): SessionKeys {
  const { preauthHash, cipherKeySize } = source;
  const derive = (label: string, context: Buffer, size: number) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(size * 8);
    return createHmac('sha256', source.sessionKey)
      .update(Buffer.from([0, 0, 0, 1]))
      .update(`${label}\0\0`, 'latin1')
      .update(context)
      .update(length)
      .digest()
      .subarray(0, size);
  };
  if (source.dialect === dialect.smb311) {
    return {
      signing: derive('SMBSigningKey', preauthHash, 16),
      toServer: derive('SMBC2SCipherKey', preauthHash, cipherKeySize),
      toClient: derive('SMBS2CCipherKey', preauthHash, cipherKeySize),
    };
  }
  return {
    signing: derive('SMB2AESCMAC', Buffer.from('SmbSign\0', 'latin1'), 16),
    // The space belongs to the name.
    toServer: derive('SMB2AESCCM', Buffer.from('ServerIn \0', 'latin1'), 16),
    toClient: derive('SMB2AESCCM', Buffer.from('ServerOut\0', 'latin1'), 16),
  };
}

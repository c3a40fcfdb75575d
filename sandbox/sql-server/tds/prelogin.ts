const token = { version: 0, encryption: 1, instance: 2, threadId: 3, mars: 4, end: 0xff } as const;
const entrySize = 5;

/** The encryption byte of PRELOGIN. */
export const encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

export type EncryptionPolicy = 'off' | 'optional' | 'required';

/** What the client asks for; `notSupported` when it says nothing. */
export function requestedEncryption(payload: Buffer): number {
  for (let offset = 0; offset + entrySize <= payload.length && payload[offset] !== token.end; offset += entrySize) {
    if (payload[offset] === token.encryption) return payload[payload.readUInt16BE(offset + 1)] ?? encryption.notSupported;
  }
  return encryption.notSupported;
}

export function agreeOnEncryption(requested: number, policy: EncryptionPolicy): number {
  if (policy === 'off') return encryption.notSupported;
  if (policy === 'required') return encryption.required;
  return requested === encryption.on || requested === encryption.required ? encryption.on : encryption.notSupported;
}

export function preloginReply(version: Buffer, agreed: number): Buffer {
  const options: [number, Buffer][] = [
    [token.version, Buffer.concat([version, Buffer.alloc(2)])],
    [token.encryption, Buffer.from([agreed])],
    [token.instance, Buffer.from([0])],
    [token.threadId, Buffer.alloc(0)],
    [token.mars, Buffer.from([0])],
  ];
  let offset = options.length * entrySize + 1;
  const entries = options.map(([type, value]) => {
    const entry = Buffer.alloc(entrySize);
    entry.writeUInt8(type, 0);
    entry.writeUInt16BE(offset, 1);
    entry.writeUInt16BE(value.length, 3);
    offset += value.length;
    return entry;
  });
  return Buffer.concat([...entries, Buffer.from([token.end]), ...options.map(([, value]) => value)]);
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly applicationName: string;
  readonly hostName: string;
  /** Empty when the client leaves the choice to the server. */
  readonly database: string;
  /** Bytes of a packet the client asks for. */
  readonly packetSize: number;
  readonly readOnlyIntent: boolean;
}

const field = { hostName: 36, user: 40, password: 44, applicationName: 48, database: 68 } as const;
const typeFlagsAt = 26;
const readOnlyIntent = 0x20;

export function readLogin7(payload: Buffer): Login {
  const bytesAt = (position: number) => {
    const start = payload.readUInt16LE(position);
    return payload.subarray(start, start + 2 * payload.readUInt16LE(position + 2));
  };
  const textAt = (position: number) => bytesAt(position).toString('utf16le');
  return {
    user: textAt(field.user),
    password: revealPassword(bytesAt(field.password)),
    applicationName: textAt(field.applicationName),
    hostName: textAt(field.hostName),
    database: textAt(field.database),
    packetSize: Math.min(Math.max(payload.readUInt32LE(8), 512), 32767),
    readOnlyIntent: ((payload[typeFlagsAt] ?? 0) & readOnlyIntent) !== 0,
  };
}

/** Clients swap the halves of every byte and flip it with 0xA5: no protection, only the layout of the field. */
function revealPassword(scrambled: Buffer): string {
  const plain = scrambled.map((byte) => {
    const flipped = byte ^ 0xa5;
    return ((flipped << 4) | (flipped >> 4)) & 0xff;
  });
  return Buffer.from(plain).toString('utf16le');
}

/** The few ASN.1 types in DER (X.690) that an X.509 certificate is written with. */

function value(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), length(body.length), body]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.of(size);
  const bytes = bigEndian(BigInt(size));
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}

function bigEndian(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function base128(number: number): number[] {
  const groups = [number & 0x7f];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    groups.unshift((rest & 0x7f) | 0x80);
  }
  return groups;
}

export const der = {
  sequence: (...items: Uint8Array[]): Buffer => value(0x30, ...items),
  set: (...items: Uint8Array[]): Buffer => value(0x31, ...items),
  boolean: (flag: boolean): Buffer => value(0x01, Buffer.of(flag ? 0xff : 0)),
  octetString: (bytes: Uint8Array): Buffer => value(0x04, bytes),
  utf8String: (text: string): Buffer => value(0x0c, Buffer.from(text)),

  /** A positive number given as big-endian bytes. */
  integer(bytes: Uint8Array): Buffer {
    const first = bytes[0] ?? 0;
    return value(0x02, first >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
  },

  /** `unusedBits` is how many low bits of the last byte do not count. */
  bitString: (bytes: Uint8Array, unusedBits = 0): Buffer => value(0x03, Buffer.of(unusedBits), bytes),

  objectIdentifier(dotted: string): Buffer {
    const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
    return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
  },

  /** Years 1950 to 2049 only, which is what X.509 uses this type for. */
  utcTime(date: Date): Buffer {
    const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
    return value(0x17, Buffer.from(`${digits}Z`));
  },

  /** `[number] EXPLICIT`, or `[number] IMPLICIT` of a constructed type. */
  context: (number: number, ...items: Uint8Array[]): Buffer => value(0xa0 | number, ...items),
  /** `[number] IMPLICIT` of a primitive type. */
  contextPrimitive: (number: number, bytes: Uint8Array): Buffer => value(0x80 | number, bytes),
};

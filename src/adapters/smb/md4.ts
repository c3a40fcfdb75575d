// RFC 1320. NTLM needs it for the hash of the password, and OpenSSL 3 no longer has it.

const blockSize = 64;
const firstShifts = [3, 7, 11, 19];
const secondShifts = [3, 5, 9, 13];
const thirdShifts = [3, 9, 11, 15];
const thirdOrder = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

type Mix = (x: number, y: number, z: number) => number;

interface Round {
  readonly mix: Mix;
  readonly add: number;
  readonly shifts: readonly number[];
  readonly word: (step: number) => number;
}

const rounds: readonly Round[] = [
  { mix: (x, y, z) => (x & y) | (~x & z), add: 0, shifts: firstShifts, word: (step) => step },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    add: 0x5a827999,
    shifts: secondShifts,
    word: (step) => (step % 4) * 4 + (step >> 2),
  },
  { mix: (x, y, z) => x ^ y ^ z, add: 0x6ed9eba1, shifts: thirdShifts, word: (step) => thirdOrder[step] ?? 0 },
];

export function md4(message: Buffer): Buffer {
  const padded = pad(message);
  let state: readonly [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += blockSize) {
    let [a, b, c, d] = state;
    for (const { mix, add, shifts, word } of rounds) {
      for (let step = 0; step < 16; step++) {
        const sum = (a + mix(b, c, d) + padded.readUInt32LE(at + 4 * word(step)) + add) >>> 0;
        [a, b, c, d] = [d, rotate(sum, shifts[step % 4] ?? 0), b, c];
      }
    }
    state = [state[0] + a, state[1] + b, state[2] + c, state[3] + d];
  }
  const digest = Buffer.alloc(16);
  state.forEach((value, index) => digest.writeUInt32LE(value >>> 0, index * 4));
  return digest;
}

function pad(message: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / blockSize) * blockSize);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  return padded;
}

function rotate(value: number, by: number): number {
  return ((value << by) | (value >>> (32 - by))) >>> 0;
}

// RFC 6229 has its vectors. NTLM wraps the session key with it, and OpenSSL 3 no longer has it.

/** One key stream: each call goes on where the last one ended. */
export function createRc4(key: Buffer): (data: Buffer) => Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  let x = 0;
  let y = 0;
  const at = (index: number) => state[index & 0xff] ?? 0;
  const swap = () => {
    const kept = at(x);
    state[x] = at(y);
    state[y] = kept;
  };
  for (; x < 256; x++) {
    y = (y + at(x) + (key[x % key.length] ?? 0)) & 0xff;
    swap();
  }
  x = 0;
  y = 0;
  return (data) =>
    Buffer.from(data).map((byte) => {
      x = (x + 1) & 0xff;
      y = (y + at(x)) & 0xff;
      swap();
      return byte ^ at(at(x) + at(y));
    }) as Buffer;
}

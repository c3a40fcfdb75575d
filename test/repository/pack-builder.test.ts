import { createHash, randomBytes } from 'node:crypto';
import { type BuiltPack, createPackBuilder, type FrameRange } from '../../src/repository/pack-builder';
import { decompressFrames } from '../../src/repository/zstd';

const kib = 1024;
const mtime = '1700000000.000000000';

/** A builder of small frames and packs, and what it hands over. */
function createStage() {
  const packs = new Map<string, BuiltPack>();
  const wakes: (() => void)[] = [];
  let failure: unknown;
  const builder = createPackBuilder({
    prefix: 'run/box',
    frameSize: 4 * kib,
    packSize: 16 * kib,
    onPack: (pack) => packs.set(pack.name, pack),
    onChange: (error) => {
      failure ??= error;
      for (const wake of wakes.splice(0)) wake();
    },
  });
  return {
    builder,
    packs,
    async finish() {
      builder.seal();
      while (builder.framesAhead() > 0 && failure === undefined) await new Promise<void>((resolve) => wakes.push(resolve));
      builder.closePack();
      if (failure !== undefined) throw failure as Error;
    },
    contentAt({ pack, offset, length }: FrameRange, skip: number, size: number): Buffer {
      const frames = (packs.get(pack)?.bytes ?? Buffer.alloc(0)).subarray(offset, offset + length);
      return decompressFrames(frames, 64 * kib * kib).subarray(skip, skip + size);
    },
  };
}

test('every member is found where it is said to lie, whatever its size', async () => {
  const { builder, finish, contentAt } = createStage();
  const sizes = [1, 100, 511, 512, 2000, 2048, 4 * kib - 1536, 4 * kib - 1535, 5000, 8 * kib, 40 * kib, 3, 60 * kib, 7];
  const placed: { content: Buffer; skip: number; range: FrameRange | undefined }[] = [];
  for (const [i, size] of [...sizes, ...sizes, ...sizes].entries()) {
    const content = randomBytes(size);
    const member: (typeof placed)[number] = { content, skip: 0, range: undefined };
    member.skip = builder.add({ type: 'File', path: `${i}.bin`, mtime }, content, (range) => (member.range = range));
    placed.push(member);
  }
  await finish();
  for (const { content, skip, range } of placed) {
    expect(range).toBeDefined();
    if (range !== undefined) expect(contentAt(range, skip, content.length).equals(content)).toBe(true);
  }
});

test('packs carry their hash, end after their size and never within a member', async () => {
  const { builder, packs, finish } = createStage();
  const ranges: FrameRange[] = [];
  for (let i = 0; i < 12; i++) {
    builder.add({ type: 'File', path: `${i}.bin`, mtime }, randomBytes(10 * kib), (range) => ranges.push(range));
  }
  await finish();
  expect(packs.size).toBeGreaterThan(3);
  for (const { bytes, sha256 } of packs.values()) expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  for (const { pack, offset, length } of ranges) expect(offset + length).toBeLessThanOrEqual(packs.get(pack)?.bytes.length ?? 0);
});

test('a pack that is still being sent is not written over by the next ones', async () => {
  const { builder, packs, finish } = createStage();
  let seen = 0;
  for (let i = 0; i < 40; i++) {
    builder.add({ type: 'File', path: `${i}.bin`, mtime }, randomBytes(3 * kib));
    // Every other pack is done with at once, and its memory used again.
    for (const pack of [...packs.values()].slice(seen)) if (seen++ % 2 === 0) pack.release();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await finish();
  const kept = [...packs.values()].filter((_, n) => n % 2 === 1);
  expect(kept.length).toBeGreaterThan(1);
  for (const { bytes, sha256 } of kept) expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
});

test('what is to happen afterwards happens when everything before it has a place', async () => {
  const { builder, finish } = createStage();
  const order: string[] = [];
  builder.afterwards(() => order.push('at once'));
  builder.add({ type: 'File', path: 'a', mtime }, randomBytes(3 * kib), () => order.push('a'));
  builder.afterwards(() => order.push('after a'));
  builder.add({ type: 'File', path: 'b', mtime }, randomBytes(20 * kib), () => order.push('b'));
  builder.afterwards(() => order.push('after b'));
  await finish();
  expect(order).toEqual(['at once', 'a', 'after a', 'b', 'after b']);
});

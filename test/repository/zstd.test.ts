import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  compressFrame,
  compressFrameAside,
  decompressFrames,
  frameAt,
  framesOf,
  skippableFrame,
} from '../../src/repository/zstd';

const parts = [
  Buffer.from('first'),
  Buffer.alloc(300_000, 'second '),
  randomBytes(200_000),
  Buffer.alloc(0),
  Buffer.alloc(70_000),
];
const frames = parts.map(compressFrame);

test('every frame of a buffer is decompressed, where the decoder of Node stops after the first', () => {
  const bytes = Buffer.concat([skippableFrame(Buffer.from('note')), ...frames, skippableFrame(Buffer.alloc(0))]);
  expect(decompressFrames(bytes, 1_000_000).equals(Buffer.concat(parts))).toBe(true);
});

test('frames are found exactly where they were written', () => {
  const bytes = Buffer.concat([...frames, skippableFrame(Buffer.from('tail'))]);
  expect([...framesOf(bytes)].map(({ length, skippable }) => [length, skippable])).toEqual([
    ...frames.map((frame) => [frame.length, false]),
    [12, true],
  ]);
});

test('the zstd program reads what is written, skippable frames passed over', () => {
  const bytes = Buffer.concat([skippableFrame(Buffer.from('note')), ...frames]);
  expect(execFileSync('zstd', ['-dc'], { input: bytes }).equals(Buffer.concat(parts))).toBe(true);
});

test.each([0, 1, 300, 262_144, 3_000_000])('%d bytes compressed aside are one frame that tells their number', async (length) => {
  const content = Buffer.alloc(length, 'some content ');
  const frame = await compressFrameAside(content);
  expect([...framesOf(frame)]).toEqual([{ offset: 0, length: frame.length, skippable: false }]);
  expect(decompressFrames(frame, length).equals(content)).toBe(true);
  expect(frame.equals(compressFrame(content))).toBe(true);
});

test('a frame that has not arrived whole is not a frame yet', () => {
  const frame = compressFrame(randomBytes(50_000));
  for (const cut of [0, 3, 7, 20, frame.length - 1]) expect(frameAt(frame.subarray(0, cut), 0)).toBeUndefined();
  expect(frameAt(frame, 0)).toMatchObject({ offset: 0, length: frame.length });
});

test('every flipped bit, cut and byte too many is told', () => {
  const frame = compressFrame(Buffer.alloc(5_000, 'content '));
  for (let at = 0; at < frame.length; at++) {
    const damaged = Buffer.from(frame);
    damaged.writeUInt8((damaged[at] ?? 0) ^ 0x10, at);
    let content: Buffer | undefined;
    try {
      content = decompressFrames(damaged, 1_000_000);
    } catch (error) {
      expect(error).toMatchObject({ code: 'format.damaged' });
    }
    if (content !== undefined) expect(content.equals(Buffer.alloc(5_000, 'content '))).toBe(true);
  }
  expect(() => decompressFrames(frame.subarray(0, -1), 1_000_000)).toThrow('cut off');
  expect(() => decompressFrames(Buffer.concat([frame, Buffer.from('trailing bytes')]), 1_000_000)).toThrow('no zstd frame');
});

test('a frame that decompresses to more than it may is refused', () => {
  expect(() => decompressFrames(compressFrame(Buffer.alloc(10_000_000)), 1_000_000)).toThrow('cannot be decompressed');
});

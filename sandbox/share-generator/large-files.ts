import { createCipheriv } from 'node:crypto';
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setModified } from './modified';

const mib = 1024 * 1024;

const largeFiles: readonly (readonly [name: string, bytes: number])[] = [
  ['video.mp4', 50 * mib + 12_345],
  ['database.mdf', 17 * mib],
  ['bundle.js', 3 * mib - 1],
  ['bundle.js.map', 2 * mib + 77],
  ['photo.jpg', mib + 1],
  ['exactly-one-mebibyte.bin', mib],
  ['almost-one-mebibyte.bin', mib - 1],
];

/** Sizes around those at which a store changes its ways, each half incompressible and half text. */
export function writeLargeFiles(share: string): void {
  const directory = join(share, 'large');
  mkdirSync(directory, { recursive: true });
  largeFiles.forEach(([name, bytes], index) => {
    const path = join(directory, name);
    writeMixed(path, bytes, index);
    setModified(path, { number: 50_000 + index });
  });
  writeSparse(join(directory, 'sparse-zeroes.vhd'), 8 * mib);
}

function writeMixed(path: string, bytes: number, seed: number): void {
  const random = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  const zeroes = Buffer.alloc(mib / 2);
  const file = openSync(path, 'w');
  for (let written = 0, part = 0; written < bytes; part += 1) {
    const content = part % 2 === 0 ? random.update(zeroes) : textPart(part);
    written += writeSync(file, content, 0, Math.min(content.length, bytes - written));
  }
  closeSync(file);
}

function textPart(part: number): Buffer {
  const line = `{"level":"info","part":${part},"message":"GET /api/orders/${part * 31} took ${part % 97} ms"}\n`;
  return Buffer.alloc(mib / 2, line);
}

function writeSparse(path: string, bytes: number): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, bytes);
  closeSync(file);
  setModified(path, { number: 60_000 });
}

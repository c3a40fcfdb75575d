import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomAccess } from '../../../src/databases/tape/tape-bytes';

/** Backups by other people's servers; they are not part of this repository. */
const folder = process.env['HUBKEEP_BAK_SAMPLES'] ?? join(__dirname, '..', '..', '..', '..', '..', 'shared', 'data', 'bak');

/** A missing folder is an error where everything has to be tested. */
export function hasSamples(): boolean {
  if (existsSync(folder)) return true;
  if (process.env['CI'] === 'true') throw new Error(`${folder} is missing: it holds the sample backups`);
  process.stderr.write(`left out: ${folder} with sample backups is missing\n`);
  return false;
}

export const sample = (name: string): Buffer => readFileSync(join(folder, name));

export interface Counted extends RandomAccess {
  reads(): number;
  bytes(): number;
}

export function inMemory(content: Buffer): Counted {
  let reads = 0;
  let bytes = 0;
  return {
    size: content.length,
    read(offset, length) {
      reads += 1;
      bytes += length;
      return Promise.resolve(Buffer.from(content.subarray(offset, offset + length)));
    },
    reads: () => reads,
    bytes: () => bytes,
  };
}

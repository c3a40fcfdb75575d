import { createHash } from 'node:crypto';
import { extentSize, type Database } from '../engine/databases';

const pageSize = 8192;
const pageHeaderSize = 96;
const rowSize = 128;
const pagesPerExtent = extentSize / pageSize;

/** One extent of a database: the same bytes every time, until a change touches one of its pages. */
export function readExtent(database: Pick<Database, 'name' | 'generation'>, extent: number): Buffer {
  const bytes = Buffer.alloc(extentSize);
  const seed = createHash('sha256').update(database.name).digest().readUInt32LE();
  for (let index = 0; index < pagesPerExtent; index++) {
    const page = extent * pagesPerExtent + index;
    writePage(bytes.subarray(index * pageSize, (index + 1) * pageSize), {
      page,
      seed,
      generation: lastChange(page, database.generation),
    });
  }
  return bytes;
}

/** Every change rewrites one page of eight, another one each time. */
function lastChange(page: number, generation: number): number {
  for (let candidate = generation; candidate > 0; candidate--) if ((page + candidate) % 8 === 0) return candidate;
  return 0;
}

function writePage(target: Buffer, facts: { page: number; seed: number; generation: number }): void {
  const isFileHeader = facts.page === 0;
  target.writeUInt8(1, 0);
  target.writeUInt8(isFileHeader ? 0x0f : 0x01, 1);
  target.writeUInt16LE(0x0208, 4);
  target.writeUInt32LE(facts.page, 0x20);
  target.writeUInt16LE(1, 0x24);
  target.writeUInt32LE(facts.generation, 0x28);
  const next = randomWords(facts.seed ^ Math.imul(facts.page + 1, 0x9e3779b1) ^ Math.imul(facts.generation, 0x85ebca6b));
  for (let row = pageHeaderSize; row + rowSize <= pageSize; row += rowSize) writeRow(target.subarray(row, row + rowSize), next);
  target.writeUInt32LE(pageChecksum(target), 0x3c);
}

/** Half of a row is data of its own, half is what every row has: it compresses about as well as tables do. */
function writeRow(target: Buffer, next: () => number): void {
  target.writeUInt16LE(0x0030, 0);
  target.writeUInt16LE(rowSize - 4, 2);
  for (let offset = 4; offset < rowSize / 2; offset += 4) target.writeUInt32LE(next(), offset);
  target.fill('site.settings;', rowSize / 2, rowSize - 8, 'latin1');
}

function pageChecksum(page: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < pageSize; offset += 4) sum = ((sum << 1) | (sum >>> 31)) ^ page.readUInt32LE(offset);
  return sum >>> 0;
}

function randomWords(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

import type { BlobReference } from '../../contracts/recovery-point';
import type { BlobStore } from '../../ports/blob-store';
import { type ContentBytes, rangesOf, readWhole } from './content-bytes';
import { type ContentFooter, mostLargeSizes, pageRecords, pageSize, recordSize, sectionsOf, shiftPack } from './content-format';
import { type ContentTail, openFooter, readTail } from './content-tail';
import { joinSizes, type LargeSizes, noSizes } from './large-sizes';
import { allNames } from './pack-names';
import { createRecordCursor, type RecordCursor } from './record-cursor';
import type { ContentSource } from './write-content';

/** Bytes of all inputs held at once, shared out evenly. */
const inputsHeld = 16 * 1024 * 1024;

interface Input {
  readonly bytes: ContentBytes;
  readonly footer: ContentFooter;
  readonly tail: ContentTail;
}

/**
 * Several content files as the pages of one: every content once, of equal ones that of the file named first. Holds
 * 16 MiB of the inputs, or two pages of each when that is more, whatever their sizes; their lists of packs follow each other.
 */
export async function mergeContents(store: BlobStore, references: readonly BlobReference[]): Promise<ContentSource> {
  const share = inputsHeld / references.length;
  const inputs: Input[] = [];
  for (const reference of references) {
    const bytes = reference.size <= share ? await readWhole(store, reference) : rangesOf(store, reference);
    const footer = await openFooter(bytes);
    inputs.push({ bytes, footer, tail: await readTail(bytes, footer, { filterSize: 0, stride: 1 }) });
  }
  const pages = Math.max(1, Math.floor(share / 2 / pageSize));
  return {
    pages: mergedPages(
      inputs.map(({ bytes, footer }) => createRecordCursor({ bytes, end: sectionsOf(footer).names, pages })),
      shifts(inputs),
    ),
    most: inputs.reduce((sum, { footer }) => sum + footer.records, 0),
    packs: joinedNames(inputs),
    large: () => inputs.reduce<LargeSizes>((sizes, { tail }) => joinSizes(sizes, tail.large, mostLargeSizes), noSizes),
  };
}

async function* joinedNames(inputs: readonly Input[]): AsyncGenerator<string> {
  for (const { bytes, footer, tail } of inputs) yield* allNames(bytes, sectionsOf(footer).names, tail.nameEnds);
}

/** By how much each input's pack numbers grow. */
function shifts(inputs: readonly Input[]): number[] {
  let packs = 0;
  return inputs.map(({ footer }) => (packs += footer.packs) - footer.packs);
}

async function* mergedPages(all: readonly RecordCursor[], shiftOf: readonly number[]): AsyncGenerator<Buffer> {
  const cursors: { cursor: RecordCursor; shift: number }[] = [];
  for (const [i, cursor] of all.entries()) if (await cursor.load()) cursors.push({ cursor, shift: shiftOf[i] ?? 0 });
  const prefixes = cursors.map(({ cursor }) => cursor.prefix());
  let page = Buffer.allocUnsafe(pageRecords * recordSize);
  let filled = 0;
  const last = Buffer.alloc(32);
  let isFirst = true;

  while (cursors.length > 0) {
    const smallest = smallestOf(cursors, prefixes);
    const { cursor, shift } = cursors[smallest] as (typeof cursors)[number];
    if (isFirst || cursor.compare(last, 0) !== 0) {
      cursor.copyTo(page, filled);
      page.copy(last, 0, filled, filled + 32);
      isFirst = false;
      shiftPack(page, filled, shift);
      filled += recordSize;
    }
    if (filled === page.length) {
      yield page;
      page = Buffer.allocUnsafe(pageRecords * recordSize);
      filled = 0;
    }
    if (cursor.advance() || (await cursor.load())) prefixes[smallest] = cursor.prefix();
    else {
      cursors.splice(smallest, 1);
      prefixes.splice(smallest, 1);
    }
  }
  if (filled > 0) yield page.subarray(0, filled);
}

/** Of equal hashes the first cursor's. */
function smallestOf(cursors: readonly { cursor: RecordCursor }[], prefixes: readonly number[]): number {
  let smallest = 0;
  for (let i = 1; i < prefixes.length; i++) {
    const [best, prefix] = [prefixes[smallest] ?? 0, prefixes[i] ?? 0];
    if (prefix > best) continue;
    if (prefix < best || isBefore(cursors[i]?.cursor, cursors[smallest]?.cursor)) smallest = i;
  }
  return smallest;
}

function isBefore(a: RecordCursor | undefined, b: RecordCursor | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const { records, at } = b.current();
  return a.compare(records, at) < 0;
}

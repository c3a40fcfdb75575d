import type { BlobReference } from '../../contracts/recovery-point';
import { codeOf, type HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { type ContentBytes, rangesOf, readWhole } from './content-bytes';
import { type ContentFile, createContentFile } from './content-file';
import type { ContentFooter } from './content-format';
import { type ContentTail, openFooter, readTail } from './content-tail';
import { joinSizes, type LargeSizes, noSizes } from './large-sizes';
import { chooseWhole, planRanged } from './memory-plan';
import { createPageCache } from './page-cache';

export interface LoadOptions {
  readonly memory: number;
  readonly onDamaged: ((error: HubkeepError) => void) | undefined;
}

export interface LoadedFiles {
  /** In the order they were asked for, but for those that are damaged. */
  readonly files: readonly ContentFile[];
  readonly large: LargeSizes;
  readonly bytes: () => number;
}

interface OpenFile {
  readonly bytes: ContentBytes;
  readonly footer: ContentFooter;
}

/** Reads of content files what the memory is enough for; each of `memory-plan` says how it is shared out. */
export async function loadContentFiles(
  store: BlobStore,
  references: readonly BlobReference[],
  { memory, onDamaged }: LoadOptions,
): Promise<LoadedFiles> {
  async function unlessDamaged<T>(reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      if (onDamaged === undefined || codeOf(error) !== 'format.damaged') throw error;
      onDamaged(error as HubkeepError);
      return undefined;
    }
  }

  async function open(reference: BlobReference, isWhole: boolean): Promise<OpenFile> {
    const bytes = isWhole ? await readWhole(store, reference) : rangesOf(store, reference);
    return { bytes, footer: await openFooter(bytes) };
  }

  const whole = chooseWhole(
    references.map(({ size }) => size),
    memory,
  );
  const opened = await Promise.all(references.map((reference, i) => unlessDamaged(open(reference, whole.has(i)))));
  const files = opened.filter((file) => file !== undefined);
  const held = files.reduce((sum, { bytes }) => sum + bytes.held, 0);
  const plans = planFor(files, { memory, held });
  const tails = await Promise.all(
    files.map(({ bytes, footer }, i) => unlessDamaged(readTail(bytes, footer, plans[i] ?? { filterSize: 0, stride: 1 }))),
  );

  let large: LargeSizes = noSizes;
  for (const tail of tails) if (tail !== undefined) large = joinSizes(large, tail.large, memory / 64);
  const tailBytes = tails.reduce((sum, tail) => sum + (tail?.bytes ?? 0), 0);
  const fixed = held + tailBytes + (large === 'any' ? 0 : large.byteLength);
  const cache = createPageCache(Math.max(0, memory - fixed));
  return {
    files: files.flatMap((file, number) => createFile({ ...file, tail: tails[number], cache, number })),
    large,
    bytes: () => fixed + cache.bytes(),
  };
}

function planFor(files: readonly OpenFile[], { memory, held }: { memory: number; held: number }) {
  const ranged = files.filter(({ bytes }) => bytes.held === 0);
  // An eighth each for the sizes of large contents and for the cache, if nothing is left over.
  const plans = planRanged(
    ranged.map(({ footer }) => footer),
    { memory, free: (memory * 3) / 4 - held },
  );
  const planned = new Map(ranged.map((file, i) => [file, plans[i]]));
  return files.map((file) => planned.get(file) ?? { filterSize: file.footer.filterSize, stride: 1 });
}

function createFile(
  options: OpenFile & { tail: ContentTail | undefined; cache: ReturnType<typeof createPageCache>; number: number },
) {
  const { tail, ...rest } = options;
  return tail === undefined ? [] : [createContentFile({ ...rest, tail })];
}

import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore, ByteRange } from '../ports/blob-store';
import { createContentHash, hashOf } from './content-hash';
import type { Extent, FileEntry } from './index-entry';
import { layout } from './layout';
import { decompressFrames, frameAt } from './zstd';

/** One frame decompresses to at most this; a writer makes frames of 1 MiB. */
const frameLimit = 16 * 1024 * 1024;

/** A file of a pack whose range was fetched. */
export interface RangedFile {
  readonly entry: FileEntry;
  readonly extent: Extent;
}

/**
 * Cuts one file out of the bytes of its extent and proves that it is the file that was backed up.
 * @param content what the extent's frames decompress to.
 */
export function cutFile({ entry, extent }: RangedFile, content: Buffer): Buffer {
  const file = content.subarray(extent.skip, extent.skip + entry.size);
  if (file.length !== entry.size || hashOf(file).text !== entry.hash) throw damagedFile(entry, extent);
  return file;
}

export function decompressExtent(bytes: Buffer, { pack }: Extent, size: number): Buffer {
  try {
    return decompressFrames(bytes, size);
  } catch (error) {
    throw new HubkeepError('format.damaged', `pack ${pack} is damaged`, { cause: error });
  }
}

/** Content of a large file, frame by frame; throws `format.damaged` at the end when it is not what was backed up. */
export async function* streamFile(store: BlobStore, { entry, extent }: RangedFile): AsyncGenerator<Uint8Array> {
  const hash = createContentHash(entry.size);
  let skip = extent.skip;
  let left = entry.size;
  for await (const frame of streamFrames(store, layout.pack(extent.pack), { offset: extent.offset, length: extent.length })) {
    const content = decompressExtent(frame, extent, frameLimit).subarray(skip);
    skip = 0;
    const piece = content.subarray(0, left);
    left -= piece.length;
    hash.update(piece);
    if (piece.length > 0) yield piece;
  }
  if (left > 0 || hash.digest().text !== entry.hash) throw damagedFile(entry, extent);
}

async function* streamFrames(store: BlobStore, key: string, range: ByteRange): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of store.stream(key, range)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let frame = frameAt(rest, 0); frame !== undefined; frame = frameAt(rest, 0)) {
      yield rest.subarray(0, frame.length);
      rest = rest.subarray(frame.length);
      if (rest.length === 0) break;
    }
  }
  if (rest.length > 0) throw new HubkeepError('format.damaged', `${key} ends within a frame`);
}

function damagedFile({ path }: FileEntry, { pack }: Extent): HubkeepError {
  return new HubkeepError('format.damaged', `${path} in pack ${pack} is not what was backed up`, {
    hint: 'Restore it from another recovery point; hubkeep verify --deep tells what else is damaged.',
  });
}

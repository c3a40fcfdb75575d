import { HubkeepError } from '../errors/hubkeep-error';
import { hashOf } from './content-hash';
import type { FileEntry } from './index-entry';
import { decompressFrames } from './zstd';

/** Where a file lies in what its extent decompresses to, and what it must be. */
export interface CutFile extends Pick<FileEntry, 'path' | 'size' | 'hash'> {
  readonly skip: number;
}

export interface ProvenCut {
  readonly file: CutFile;
  readonly content: Buffer;
}

/**
 * Cuts one file out of the content of its extent and proves that it is the file that was backed up.
 * @param before the cut made before this one in the same content: files with equal content lie in the same place.
 */
export function cutFile(
  file: CutFile,
  content: Buffer,
  { pack, before }: { pack: string; before?: ProvenCut | undefined },
): ProvenCut {
  if (before?.file.skip === file.skip && before.file.size === file.size && before.file.hash === file.hash) return before;
  const cut = content.subarray(file.skip, file.skip + file.size);
  if (cut.length !== file.size || hashOf(cut).text !== file.hash) throw damagedFile(file.path, pack);
  return { file, content: cut };
}

/** Content of the frames of an extent, of which `limit` bytes at most are wanted. */
export function decompressExtent(bytes: Buffer, pack: string, limit: number): Buffer {
  try {
    return decompressFrames(bytes, limit);
  } catch (error) {
    throw new HubkeepError('format.damaged', `pack ${pack} is damaged`, { hint: damageHint, cause: error });
  }
}

const damageHint =
  'hubkeep restore --skip-damaged restores all but what is damaged, and lists that; hubkeep verify --deep names the points that need it.';

export function damagedFile(path: string, pack: string): HubkeepError {
  return new HubkeepError('format.damaged', `${path} in pack ${pack} is not what was backed up`, {
    hint: damageHint,
  });
}

import type { FileShareRecord } from '../../contracts/recovery-point';
import { comparePaths, type SharePath } from '../../contracts/share-path';
import type { BlobStore } from '../../ports/blob-store';
import type { FileEntry } from '../../repository/index-entry';
import { readEntries } from '../../repository/index-reader';

export interface ChosenFiles {
  /** In path order from where the last drill ended, from the first path again when there are no more. */
  readonly files: readonly FileEntry[];
  readonly tooLarge: number;
  /** The last path that was looked at; null when it was the last of all. */
  readonly next: SharePath | null;
}

export interface FileLimits {
  readonly files: number;
  readonly bytes: number;
}

/** The files of the share that are rehearsed this time: those behind the ones of last time, so that all have their turn. */
export async function chooseFiles(
  store: BlobStore,
  { segments }: FileShareRecord,
  { after, limits }: { readonly after: SharePath | null; readonly limits: FileLimits },
): Promise<ChosenFiles> {
  const chosen: FileEntry[] = [];
  let bytes = 0;
  let tooLarge = 0;
  const wanted = after === null ? segments : segments.filter(({ last }) => comparePaths(last, after) > 0);
  // What was last has gone, or there was nothing behind it: from the first path again.
  if (wanted.length === 0 && after !== null) return chooseFiles(store, { segments } as FileShareRecord, { after: null, limits });
  for await (const { entries } of readEntries(store, wanted)) {
    for (const entry of entries) {
      if (entry.type !== 'file' || (after !== null && comparePaths(entry.path, after) <= 0)) continue;
      if (entry.size > limits.bytes) {
        tooLarge += 1;
        continue;
      }
      const last = chosen.at(-1);
      if (last !== undefined && (chosen.length >= limits.files || bytes + entry.size > limits.bytes))
        return { files: chosen, tooLarge, next: last.path };
      chosen.push(entry);
      bytes += entry.size;
    }
  }
  return { files: chosen, tooLarge, next: null };
}

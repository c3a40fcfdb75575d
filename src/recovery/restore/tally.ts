import type { RestoredCounts } from '../../contracts/restore';
import type { SharePath } from '../../contracts/share-path';
import type { TargetFile, Verdict } from '../../ports/file-target';
import type { IndexEntry } from '../../repository/index-entry';
import type { WorkDone } from '../restore-protocol';

/** What became of the files of a restore into a target that may hold something, or would become of them. */
export type MergedFiles = Omit<RestoredCounts, 'directories' | 'symlinks'>;

/** Paths that are named of each kind. */
const namedPaths = 100;

/** Counts what becomes of each entry. @param isPreview what is looked at is all there will be. */
export function createRestoreTally({
  isPreview,
  onProgress,
}: {
  isPreview: boolean;
  onProgress: (files: number, bytes: number) => void;
}) {
  const of = { create: createCount(), replace: createCount(), equal: createCount(), kept: createCount() };
  const notRestored: { path: SharePath; why: string }[] = [];
  let blockedEntries = 0;
  let symlinks = 0;
  const seen = { files: 0, bytes: 0 };

  function see(files: number, bytes: number) {
    seen.files += files;
    seen.bytes += bytes;
    onProgress(seen.files, seen.bytes);
  }

  function take({ path, size }: Pick<TargetFile, 'path' | 'size'>, verdict: Verdict) {
    if (verdict.is === 'blocked') block(path, verdict.why);
    // What is as it should be need not be named.
    else of[verdict.is].add({ files: 1, bytes: size }, verdict.is === 'equal' ? undefined : path);
  }

  function block(path: SharePath, why: string) {
    blockedEntries += 1;
    if (notRestored.length < namedPaths) notRestored.push({ path, why });
  }

  return {
    /** Files that were looked at. Gives those that are to be written, which count when they are. */
    looked<T extends TargetFile>(files: readonly T[], verdicts: readonly Verdict[]): T[] {
      return files.filter((file, i) => {
        const verdict = verdicts[i];
        if (verdict === undefined) return true;
        const isToWrite = verdict.is === 'create' || verdict.is === 'replace';
        if (isToWrite && !isPreview) return true;
        take(file, verdict);
        see(1, file.size);
        return false;
      });
    },
    done({ files, bytes, replaced, refused }: WorkDone) {
      const refusedBytes = refused.reduce((sum, { size }) => sum + size, 0);
      of.create.add({ files: files - refused.length - replaced.files, bytes: bytes - refusedBytes - replaced.bytes });
      of.replace.add(replaced);
      for (const file of refused) take(file, file.verdict);
      see(files, bytes);
    },
    blocked({ path }: IndexEntry, why: string) {
      block(path, why);
    },
    link(path: SharePath, verdict: Verdict) {
      if (verdict.is === 'blocked') block(path, verdict.why);
      else if (verdict.is === 'kept') of.kept.add({ files: 1, bytes: 0 }, path);
      else symlinks += 1;
    },
    /** What is in the target as the point has it. */
    restored: () => ({
      files: of.create.files() + of.replace.files() + of.equal.files(),
      bytes: of.create.bytes() + of.replace.bytes() + of.equal.bytes(),
      symlinks,
    }),
    merged: (): MergedFiles => ({
      created: of.create.counted(),
      replaced: of.replace.counted(),
      equal: of.equal.counted(),
      kept: of.kept.counted(),
      notRestored: { count: blockedEntries, entries: notRestored },
    }),
  };
}

export type RestoreTally = ReturnType<typeof createRestoreTally>;

function createCount() {
  const paths: SharePath[] = [];
  let files = 0;
  let bytes = 0;
  return {
    files: () => files,
    bytes: () => bytes,
    add(more: { readonly files: number; readonly bytes: number }, path?: SharePath) {
      files += more.files;
      bytes += more.bytes;
      if (path !== undefined && paths.length < namedPaths) paths.push(path);
    },
    counted: (): MergedFiles['created'] => ({ files, bytes, ...(paths.length === 0 ? {} : { paths }) }),
  };
}

import type { SharePath } from '../contracts/share-path';
import { type IndexEntry, type IndexLine, toLine } from '../repository/index-entry';
import { rereadCycle } from './limits';
import type { WalkedEntry } from './walk';

export type Pass = 'bulk' | 'delta';

/** What is to be done about a path the walk found. */
export type Decision =
  | { readonly action: 'keep'; readonly line: IndexLine }
  | { readonly action: 'record'; readonly line: IndexLine }
  | { readonly action: 'copy'; readonly knownHash?: string }
  | { readonly action: 'refuse' };

export interface ReconcileOptions {
  readonly pass: Pass;
  /** Sequence of the point being made: decides whose turn it is to be read although nothing changed. */
  readonly sequence: number;
}

/** Compares what the source shows with what the base has for the same path. */
export function reconcile(walked: WalkedEntry, base: IndexLine | undefined, options: ReconcileOptions): Decision {
  const { entry, path } = walked;
  if (entry.kind === 'other') return { action: 'refuse' };
  if (entry.kind === 'file') {
    const known = base?.entry.type === 'file' ? base.entry.hash : undefined;
    if (base !== undefined && isUnchanged(walked, base.entry) && !isDue(path, options)) return { action: 'keep', line: base };
    return known === undefined ? { action: 'copy' } : { action: 'copy', knownHash: known };
  }
  const line = toLine(plainEntry(walked));
  return base?.line === line.line ? { action: 'keep', line: base } : { action: 'record', line };
}

/** The same entry, marked as kept because the source could not be read; it keeps the run that first could not. */
export function asStale(line: IndexLine, since: string, why: string): IndexLine {
  return toLine({ ...line.entry, stale: line.entry.stale ?? { since, why } });
}

function isUnchanged({ entry }: WalkedEntry, base: IndexEntry): boolean {
  return (
    base.type === 'file' &&
    base.size === entry.size &&
    base.mtime === entry.mtime &&
    base.ctime === entry.ctime &&
    base.racy !== true &&
    base.stale === undefined
  );
}

function isDue(path: SharePath, { pass, sequence }: ReconcileOptions): boolean {
  return pass === 'bulk' && pathNumber(path) % rereadCycle === sequence % rereadCycle;
}

/** FNV-1a: spreads paths evenly over nights, and is the same in every process. */
function pathNumber(path: SharePath): number {
  let number = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) number = Math.imul(number ^ path.charCodeAt(i), 0x01000193) >>> 0;
  return number;
}

function plainEntry({ path, entry }: WalkedEntry): IndexEntry {
  const times = entry.ctime === undefined ? { mtime: entry.mtime } : { mtime: entry.mtime, ctime: entry.ctime };
  return entry.kind === 'symlink'
    ? { path, type: 'symlink', ...times, target: entry.target ?? '' }
    : { path, type: 'directory', ...times };
}

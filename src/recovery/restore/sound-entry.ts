import type { Segment } from '../../contracts/recovery-point';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { IndexEntry } from '../../repository/index-entry';

const time = /^-?\d{1,15}(?:\.\d{1,9})?$/;

/** Throws `format.damaged` for what the rest of a restore could not even look at: index lines are not checked when they are read. */
export function refuseUnsound(entry: IndexEntry | null, { key }: Segment) {
  if (typeof entry === 'object' && entry !== null && isSound(entry)) return;
  throw new HubkeepError('format.damaged', `${key} holds an entry that is none`);
}

function isSound(entry: IndexEntry): boolean {
  const { path, mtime, type } = entry as Readonly<Record<keyof IndexEntry, unknown>>;
  if (typeof path !== 'string' || typeof mtime !== 'string' || !time.test(mtime)) return false;
  if (type === 'symlink') return typeof (entry as { target?: unknown }).target === 'string';
  if (type === 'file') return typeof (entry as { hash?: unknown }).hash === 'string';
  return type === 'directory';
}

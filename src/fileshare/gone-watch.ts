import { goneShare } from '../errors/gone-share';
import type { Unlisted, WalkedEntry } from './walk';

/** Listings that fail one after another before the share counts as gone, although its root still answers: that may come from a cache. */
export const unreadableInARow = 8;

/** Ends a box with `share.gone` once what it meets means the share and not the entry. */
export function createGoneWatch() {
  let said: string | undefined;
  let inARow = 0;

  function throwIfGone() {
    if (said !== undefined) throw goneShare(said);
  }

  return {
    throwIfGone,
    /** In path order, every entry that the walk found. */
    found({ entry, unlisted }: WalkedEntry) {
      throwIfGone();
      if (entry.kind !== 'directory') return;
      inARow = unlisted?.code === 'share.unreadable' ? inARow + 1 : 0;
      if (inARow >= unreadableInARow) throw goneShare(`${unlisted?.message ?? ''}, like the ${inARow - 1} directories before it`);
    },
    /** A directory or entry nothing can be known of. */
    unreadable({ code, message }: Unlisted) {
      if (code === 'share.gone') throw goneShare(message);
    },
    /** A file that was not read: told where nobody waits for an error, thrown at the next step. */
    uncopied({ code, message }: Unlisted) {
      if (code === 'share.gone') said ??= message;
    },
  };
}

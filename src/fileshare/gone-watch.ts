import { goneShare } from '../errors/gone-share';
import type { Unlisted, WalkedEntry } from './walk';

/** Listings that fail one after another before the share counts as gone, although its root still answers: that may come from a cache. */
export const unreadableInARow = 8;

/** Ends a box with `share.gone` once what the walk meets means the share and not the entry. */
export function createGoneWatch() {
  let inARow = 0;

  return {
    /** In path order, every entry that the walk found. */
    found({ entry, unlisted }: WalkedEntry) {
      if (entry.kind !== 'directory') return;
      inARow = unlisted?.code === 'share.unreadable' ? inARow + 1 : 0;
      if (inARow >= unreadableInARow) throw goneShare(`${unlisted?.message ?? ''}, like the ${inARow - 1} directories before it`);
    },
    /** A directory or entry nothing can be known of. */
    unreadable({ code, message }: Unlisted) {
      if (code === 'share.gone') throw goneShare(message);
    },
  };
}

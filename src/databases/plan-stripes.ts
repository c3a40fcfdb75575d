export const mostStripes = 64;

const gib = 1024 ** 3;
/** A stripe of a file takes this much before another pays off. */
const fileStripeBytes = 64 * gib;
/** More writers than this wait for each other on one volume. */
const mostFileStripes = 8;
/** 50,000 blocks of 4 MiB hold 195 GiB; not every block is full, and the log of the time of the backup comes on top. */
const blobStripeBytes = 128 * gib;

export interface StripeQuestion {
  readonly kind: 'disk' | 'url';
  /** Of the database's data files; undefined where it cannot be seen. */
  readonly bytes: number | undefined;
  /** SQL_BACKUP_STRIPES; automatic unless set. */
  readonly wanted: number | undefined;
}

/** How many devices a backup is dealt to, 1 to 64. More than `wanted` only where blobs could not hold the database otherwise. */
export function planStripes({ kind, bytes = 0, wanted }: StripeQuestion): number {
  const needed = kind === 'url' ? Math.ceil(bytes / blobStripeBytes) : 1;
  const fitting = kind === 'url' ? needed : Math.min(mostFileStripes, Math.ceil(bytes / fileStripeBytes));
  return Math.min(mostStripes, Math.max(1, needed, wanted ?? fitting));
}

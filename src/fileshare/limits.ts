const MiB = 1024 * 1024;

/** Sizes in bytes, and why they are what they are. */
export const limits = {
  /** Larger frames compress better, smaller ones let one file be fetched with less. */
  frame: 1 * MiB,
  /** A pack is one Put Blob: three times as fast as blocks on Azurite and one transaction anywhere. */
  pack: 16 * MiB,
  /** From here on a file is a pack of its own and never held whole. */
  streamed: 16 * MiB,
  /** Frames that are being compressed: enough to keep a few processors busy. */
  framesAhead: 6,
  /** Packs on their way; each is held until it is stored. */
  packsInFlight: 2,
  /** Files being read at once, and their bytes, where the source does not answer at once. */
  readsInFlight: 64,
  readBytesInFlight: 32 * MiB,
  /** Files read one by one before a thread that reads beside the main one is worth starting. */
  filesBeforeThread: 4_000,
  /** Large files that wait for the one being copied. */
  largeWaiting: 4,
  /** Lines of one index segment. */
  segmentEntries: 16_384,
  /** Entries after which a segment of the base is cut, however few of them it had: what is new must not be held for its end. */
  groupEntries: 2 * 16_384,
  /** Index, before compression, that may wait for the packs it points to: a pack holds very many very small files. */
  segmentsHeld: 32 * MiB,
  /** Journal that is held until a box ends: a site removed is a line for each of its files. */
  journalHeld: 8 * MiB,
  /** Failures after which a box ends, for each is held with its reason. */
  failedFiles: 20_000,
  /** Memory a box may spend on knowing what it has stored: some 100,000 contents. It ends when that is used up. */
  knownContents: 16 * MiB,
} as const;

/** Attempts to read a file that is different each time; the first is compared with the listing. */
export const readAttempts = 4;

/** A locked file is tried again after these waits, in milliseconds. */
export const lockedWaits: readonly number[] = [500, 2_000];

/** One that was different is read again at once, and after these waits, in milliseconds, when it still is. */
export const changingWaits: readonly (number | undefined)[] = [undefined, 250, 1_000];

/** Files waited for at once: where a whole site is locked, waiting for each would cost the night. */
export const waitingAtOnce = 32;

/** Within this of the moment of reading an mtime proves nothing: the file may be written again in the same tick. */
export const racyMs = 2_000;

/** The longest stretch of work, in milliseconds, in which nothing else of this process gets a turn. */
export const turnMs = 5;

/** How far a box runs over its time before it cuts a segment of the base. */
export const graceMs = 60_000;

/** Nights in which every unchanged file is read and compared once. */
export const rereadCycle = 30;

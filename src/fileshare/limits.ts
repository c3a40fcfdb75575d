const MiB = 1024 * 1024;

/** Sizes in bytes, and why they are what they are. */
export const limits = {
  /** Larger frames compress better, smaller ones let one file be fetched with less. */
  frame: 1 * MiB,
  /** A pack is one Put Blob: three times as fast as blocks on Azurite and one transaction anywhere. */
  pack: 16 * MiB,
  /** From here on a file is a pack of its own and never held whole. */
  streamed: 16 * MiB,
  /** Compressed bytes of streamed packs that may wait to be sent, per thread. */
  streamWindow: 64 * MiB,
  /** Content bytes handed to one thread at a time. */
  batch: 4 * MiB,
  batchFiles: 256,
  /** Batches a thread may have waiting: enough never to idle, few enough to hold little. */
  batchesInFlight: 4,
  packsInFlight: 4,
  /** Lines of one index segment. */
  segmentEntries: 16_384,
  /** Entries after which a segment of the base is cut, however few of them it had: what is new must not be held for its end. */
  groupEntries: 2 * 16_384,
  /** Compressed index held back until the packs it points to are stored. */
  segmentsHeld: 32 * MiB,
} as const;

/** Attempts to read a file that changes while it is read. */
export const readAttempts = 3;

/** Within this of the moment of reading an mtime proves nothing: the file may be written again in the same tick. */
export const racyMs = 2_000;

/** How far a box runs over its time before it cuts a segment of the base. */
export const graceMs = 60_000;

/** Nights in which every unchanged file is read and compared once. */
export const rereadCycle = 30;

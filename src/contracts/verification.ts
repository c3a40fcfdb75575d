import * as z from 'zod';

/** What can be wrong with what is stored. Stable, like error codes. */
export const findingCodes = [
  // the repository's header
  'header.unreadable',
  'header.other',
  // the chain of commit records
  'chain.gap',
  'chain.unreadable',
  'chain.broken',
  'record.missing',
  'record.changed',
  'record.unreadable',
  'record.digest',
  'mark.changed',
  // blobs a record names
  'blob.missing',
  'blob.size',
  'blob.hash',
  'blob.changed',
  'blob.conflict',
  'pack.frames',
  'bak.damaged',
  // what the vault keeps
  'secrets.unreadable',
  // what is in the lists
  'packs.unreadable',
  'index.unreadable',
  'index.entry',
  'index.order',
  'index.extent',
  'index.counts',
] as const;
const findingCodeSchema = z.enum(findingCodes);
export type FindingCode = z.infer<typeof findingCodeSchema>;

const count = z.number().int().nonnegative();

export const findingSchema = z.object({
  code: findingCodeSchema,
  /** Or the version of a secret, by its address. */
  blob: z.string(),
  message: z.string(),
  /** What it is that the blob holds, where no files of the share tell. */
  what: z.string().optional(),
  /** No restore needs the blob. */
  notNeeded: z.literal(true).optional(),
  /** Files of the share that cannot be trusted because of it: the first ones, and how many. */
  files: z.array(z.string()).optional(),
  filesHit: count.optional(),
  /** Recovery points that need the blob, those that were not asked for too. */
  points: z.array(z.string()),
});
export type Finding = Readonly<z.infer<typeof findingSchema>>;

/** How much of what the points need was ever read whole and found as it was stored. */
export const coverageSchema = z.object({
  /** Of the blobs whose every byte a deep verification reads. */
  bytes: count,
  coveredBytes: count,
  /** When the one that was read the longest ago was read; null while nothing was. */
  oldest: z.string().nullable(),
  /** Verifications with the same sample until all is read. */
  runsLeft: count,
});
export type Coverage = Readonly<z.infer<typeof coverageSchema>>;

export const verificationSchema = z.object({
  /** Ids of the points that were looked at, newest first. */
  points: z.array(z.string()),
  deep: z.boolean(),
  /** Share of the bytes that was to be read, 0 to 1; null when all or none were. */
  sample: z.number().positive().max(1).nullable(),
  /** Blobs checked, the chain apart. */
  blobs: count,
  bytesRead: count,
  /** Versions of secrets read; null where there was no vault to ask, although there are some. */
  secrets: count.nullable(),
  /** Null unless bytes were read, and it could be noted which. */
  coverage: coverageSchema.nullable(),
  findings: z.array(findingSchema),
});
export type Verification = Readonly<z.infer<typeof verificationSchema>>;

/** A blob that reading showed to be other than it was stored. */
export const blobProblemSchema = z.object({
  key: z.string(),
  code: findingCodeSchema,
  message: z.string(),
  /** Where: bytes `from` up to, not including, `to`. */
  damaged: z.array(z.object({ from: count, to: count })),
});
export type BlobProblem = Readonly<z.infer<typeof blobProblemSchema>>;

import * as z from 'zod';
import { componentSchema } from './components';
import { databaseBackupSchema } from './database-backup';
import { problemSchema, warningSchema } from './outcome';
import { secretsCustodySchema } from './secrets-custody';

/** The version of everything stored. A reader refuses a version it does not know before it reads anything else. */
export const formatVersion = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const instant = z.string();

/** A blob with what is needed to prove that it is the one that was written. */
export const blobReferenceSchema = z.object({ key: z.string(), size: count, sha256 });
export type BlobReference = z.infer<typeof blobReferenceSchema>;

/** One segment of the index: a run of lines in path order. */
export const segmentSchema = blobReferenceSchema.extend({
  first: z.string(),
  last: z.string(),
  entries: count,
});
export type Segment = z.infer<typeof segmentSchema>;

/** One file that could not be copied as it is. */
export const failedFileSchema = z.object({ path: z.string(), code: z.string(), message: z.string(), keptEarlier: z.boolean() });
export type FailedFile = z.infer<typeof failedFileSchema>;

export const shareCountsSchema = z.object({
  files: count,
  directories: count,
  symlinks: count,
  /** Of all files in the point. */
  bytes: count,
  /** Files, compared with the point this one was built upon. */
  added: count,
  changed: count,
  removed: count,
  unchanged: count,
  /** Content this run read, and what it newly stored after compression. */
  bytesRead: count,
  bytesStored: count,
  /** Files whose content was already stored. */
  reused: count,
  failed: count,
  stale: count,
  /** Entries left out on purpose; what an excluded directory holds is not looked at. */
  excluded: count.default(0),
});
export type ShareCounts = z.infer<typeof shareCountsSchema>;

const failedPart = z.object({ status: z.literal('failed'), problem: problemSchema });

export const fileShareRecordSchema = z.object({
  status: z.literal('succeeded'),
  source: z.string(),
  /** The point this one was built upon; null for the first. Absent in records that do not tell. */
  base: z.string().nullable().optional(),
  /** Globs over paths that were left out. */
  excludes: z.array(z.string()).default([]),
  counts: shareCountsSchema,
  /** In path order; a segment an earlier run wrote is referenced, not written again. */
  segments: z.array(segmentSchema),
  /** `packs.ndjson.zst`: every pack this point needs, one JSON line each. */
  packs: blobReferenceSchema.extend({ count, bytes: count }),
  /** Sorted sha256 -> extent files that a later run may reuse content from. */
  content: z.array(blobReferenceSchema),
  /** The first hundred; all of them are in the blob. */
  failed: z.object({ first: z.array(failedFileSchema).max(100), all: blobReferenceSchema.optional() }),
  startedAt: instant,
  bulkFinishedAt: instant,
  finishedAt: instant,
});
export type FileShareRecord = z.infer<typeof fileShareRecordSchema>;

export const databasesRecordSchema = z.object({
  status: z.enum(['succeeded', 'failed', 'partial']),
  items: z.array(
    z.discriminatedUnion('status', [
      z.object({ status: z.literal('succeeded'), ...databaseBackupSchema.shape }),
      failedPart.extend({ server: z.string(), database: z.string() }),
    ]),
  ),
});
export type DatabasesRecord = z.infer<typeof databasesRecordSchema>;

/** Where a point stands among the others: its number, and the newest point before it. */
export const chainPlaceSchema = z.object({
  sequence: z.number().int().positive(),
  previous: z.object({ id: z.string(), sha256 }).nullable(),
});
export type ChainPlace = z.infer<typeof chainPlaceSchema>;

/** The commit record: the only thing that makes a recovery point exist. */
export const recoveryPointSchema = z.object({
  formatVersion: z.literal(formatVersion),
  id: z.string(),
  repositoryId: z.string(),
  stamp: z.string(),
  ...chainPlaceSchema.shape,
  outcome: z.enum(['complete', 'partial']),
  components: z.array(componentSchema).min(1),
  trigger: z.enum(['timer', 'http', 'cli']),
  reason: z.string().optional(),
  hubkeepVersion: z.string(),
  startedAt: instant,
  committedAt: instant,
  databases: databasesRecordSchema.optional(),
  fileshare: z.discriminatedUnion('status', [fileShareRecordSchema, failedPart]).optional(),
  secrets: z
    .discriminatedUnion('status', [
      z.object({
        status: z.literal('succeeded'),
        ...secretsCustodySchema.shape,
        /** Why what is kept may not be enough. */
        problem: problemSchema.optional(),
      }),
      failedPart,
    ])
    .optional(),
  /** Seconds between the earliest database finish and the end of the last look at the share. */
  skewSeconds: z.number().nonnegative().nullable(),
  warnings: z.array(warningSchema),
  notCarried: z.array(z.string()),
  /** How to recover from it, for people; absent in points from before there was one, and where it could not be written. */
  runbook: z.object({ md: blobReferenceSchema, html: blobReferenceSchema, json: blobReferenceSchema }).optional(),
});
export type RecoveryPoint = z.infer<typeof recoveryPointSchema>;

/** One line of `packs.ndjson.zst`. */
export const packSchema = z.object({
  pack: z.string(),
  size: count,
  sha256,
  encryption: z.literal('none'),
  /** It holds no content, only what a run removed and reused, so that an index can be rebuilt from packs. */
  journal: z.literal(true).optional(),
});
export type PackReference = z.infer<typeof packSchema>;

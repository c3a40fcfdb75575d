import * as z from 'zod';

const text = z.string().optional();

/** A file of the database, as the backup names it. */
export const bakDatabaseFileSchema = z.object({
  logicalName: z.string(),
  physicalName: z.string(),
  kind: z.enum(['rows', 'log']),
});

/** One backup in the file. Times are the server's own, without a zone. What the format does not tell is left out. */
export const bakSetSchema = z.object({
  type: z.enum(['full', 'differential', 'log', 'other']).optional(),
  name: text,
  description: text,
  user: text,
  database: text,
  server: text,
  /** `13.0.5081` */
  softwareVersion: text,
  /** SQL Server's internal number of the format of the database. */
  databaseVersion: z.number().int().optional(),
  hasChecksums: z.boolean().optional(),
  isCopyOnly: z.boolean().optional(),
  passwordProtected: z.boolean(),
  firstLsn: text,
  lastLsn: text,
  checkpointLsn: text,
  databaseBackupLsn: text,
  startedAt: text,
  finishedAt: text,
  files: z.array(bakDatabaseFileSchema),
  /** False where the file ends, or cannot be followed, before the end of this backup. */
  isFinished: z.boolean(),
});
export type BakSet = z.infer<typeof bakSetSchema>;

/**
 * What a backup file tells of itself. `unfinished`: it has more parts than were followed; `opaque`:
 * SQL Server compressed or encrypted it as a whole, so that nothing of it can be followed. Content is not read, so `whole` means that
 * all parts are there and in their places, and not that each bit of them is right.
 */
export const bakInspectionSchema = z.object({
  status: z.enum(['whole', 'truncated', 'damaged', 'unfinished', 'opaque', 'not-a-backup']),
  /** What is wrong, and at which byte. */
  reason: text,
  /** Bytes. */
  size: z.number().int(),
  software: text,
  media: z
    .object({
      id: text,
      name: text,
      /** Which of how many files this is; both count from 1. */
      family: z.number().int().optional(),
      families: z.number().int().optional(),
      passwordProtected: z.boolean(),
    })
    .optional(),
  sets: z.array(bakSetSchema),
});
export type BakInspection = z.infer<typeof bakInspectionSchema>;

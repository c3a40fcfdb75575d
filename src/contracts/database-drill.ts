import * as z from 'zod';
import { problemSchema } from './outcome';

const seconds = z.number().nonnegative();

/** One database that was restored on trial. */
export const drilledDatabaseSchema = z.object({
  /** Where it was backed up. */
  server: z.string(),
  database: z.string(),
  /** What it was called for the time of the drill. */
  restoredAs: z.string(),
  /** `damaged`: the backup or what was restored from it is; `failed`: it could not be restored, checked or read. */
  outcome: z.enum(['passed', 'damaged', 'failed']),
  /** Why it did not pass. */
  problem: problemSchema.optional(),
  /** Bytes of the backup, and of the files of the database. */
  bytes: z.number().int().nonnegative(),
  dataBytes: z.number().nonnegative().optional(),
  /** As far as it came. */
  seconds: z
    .object({
      copying: seconds,
      verifying: seconds,
      restoring: seconds,
      /** DBCC CHECKDB. */
      checking: seconds,
      querying: seconds,
      dropping: seconds,
    })
    .partial(),
  userTables: z.number().int().nonnegative().optional(),
  /** In all user tables. */
  rows: z.number().nonnegative().optional(),
  /** What did not spoil the outcome: a copy that could not be dropped. */
  warnings: z.array(z.string()),
});
export type DrilledDatabase = z.infer<typeof drilledDatabaseSchema>;

/** The databases of a recovery point, restored on trial: on a server that is configured for it, checked there, and dropped. */
export const databaseDrillSchema = z.discriminatedUnion('status', [
  /** No server to do it on. */
  z.object({ status: z.literal('not-configured') }),
  z.object({
    /** `nothing`: the point has no database that could be restored. */
    status: z.enum(['passed', 'failed', 'nothing']),
    /** In the names of the copies. */
    id: z.string(),
    recoveryPoint: z.string(),
    server: z.string(),
    /** UTC, ISO 8601. */
    startedAt: z.string(),
    finishedAt: z.string(),
    databases: z.array(drilledDatabaseSchema),
    /** Backups that are not for this way, `master` among them. */
    notDrilled: z.array(z.object({ server: z.string(), database: z.string(), reason: z.string() })),
    /** Copies that a drill which died left behind. */
    leftovers: z.object({ dropped: z.array(z.string()), kept: z.array(z.object({ name: z.string(), reason: z.string() })) }),
  }),
]);
export type DatabaseDrillResult = z.infer<typeof databaseDrillSchema>;

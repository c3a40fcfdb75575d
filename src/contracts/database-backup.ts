import * as z from 'zod';
import { bakInspectionSchema } from './bak-inspection';

/** A database to back up, as configured: names are matched without regard to case. */
export const databaseTargetSchema = z.object({
  server: z.string(),
  database: z.string(),
  /** The availability group it belongs to. */
  group: z.string().optional(),
  /** Why it is not taken where it should be. */
  warnings: z.array(z.string()).optional(),
});
export type DatabaseTarget = z.infer<typeof databaseTargetSchema>;

const lsn = z.string().regex(/^\d+$/, 'a log sequence number is digits');

/** How we know that SQL Server finished the backup: its own history, or the header of the file when history is missing. */
export const backupProofSchema = z.object({
  source: z.enum(['msdb', 'header']),
  backupSetId: z.string(),
  hasChecksums: z.boolean(),
  isDamaged: z.boolean(),
  isCopyOnly: z.boolean(),
  compressed: z.boolean(),
  firstLsn: lsn,
  lastLsn: lsn,
  checkpointLsn: lsn,
  databaseBackupLsn: lsn,
  /** UTC, ISO 8601. */
  startedAt: z.string(),
  finishedAt: z.string(),
});

/** What the server was; what SQL_USER may not see is absent. */
export const recordedServerSchema = z.object({
  /** `RTM`, `SP2`. */
  productLevel: z.string(),
  /** `CU13`. */
  updateLevel: z.string().optional(),
  collation: z.string(),
  containedAuthentication: z.boolean().optional(),
  hadrEnabled: z.boolean(),
});
export type RecordedServer = z.infer<typeof recordedServerSchema>;

/** What the database was when it was backed up; what SQL_USER may not see is absent. */
export const recordedDatabaseSchema = z.object({
  state: z.string(),
  containment: z.string(),
  collation: z.string(),
  /** Transparent data encryption: the backup is worth nothing without its certificate, which is not in it. */
  encrypted: z.boolean(),
  logReuseWait: z.string(),
  /** UTC; null when the server's history knows none. */
  lastLogBackupAt: z.string().nullable().optional(),
  /** Bytes of all its files. */
  size: z.number().optional(),
  files: z.array(z.object({ logicalName: z.string(), physicalName: z.string(), type: z.string(), size: z.number() })).optional(),
  /** Names alone, the first of them; `count` is of all. */
  users: z
    .object({ count: z.number().int(), first: z.array(z.object({ name: z.string(), authentication: z.string() })) })
    .optional(),
});
export type RecordedDatabase = z.infer<typeof recordedDatabaseSchema>;

/** One database of one server in a recovery point. */
export const databaseBackupSchema = z.object({
  server: z.string(),
  /** The name exactly as `sys.databases` has it. */
  database: z.string(),
  serverVersion: z.string(),
  edition: z.string(),
  recoveryModel: z.string(),
  /** The availability group it belongs to. */
  group: z.string().optional(),
  /** Absent in records from before they were noted. */
  serverFacts: recordedServerSchema.optional(),
  databaseFacts: recordedDatabaseSchema.optional(),
  /** Blobs in stripe order, exactly the bytes SQL Server wrote. */
  files: z
    .array(
      z.object({
        key: z.string(),
        /** Where it lies when SQL Server wrote it by itself; otherwise it lies in the repository's own container. */
        container: z.string().optional(),
        size: z.number().int(),
        sha256: z.string(),
        /** What the file, as it lies in the store, tells of itself. */
        inspection: bakInspectionSchema
          .pick({ status: true, reason: true })
          .extend({ family: z.number().int().optional(), families: z.number().int().optional() })
          .optional(),
      }),
    )
    .min(1),
  proof: backupProofSchema,
  /** RESTORE VERIFYONLY: readable and complete, which is not proof that the database restores. */
  verifyOnly: z.object({ passed: z.boolean(), at: z.string() }),
  warnings: z.array(z.string()).default([]),
});
export type DatabaseBackup = z.infer<typeof databaseBackupSchema>;

/** A backup together with the files SQL Server left behind, which go once the point is committed. */
export const takenBackupSchema = z.object({ backup: databaseBackupSchema, staging: z.array(z.string()) });
export type TakenBackup = z.infer<typeof takenBackupSchema>;

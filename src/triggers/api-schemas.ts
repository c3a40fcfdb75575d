import * as z from 'zod';
import { componentSchema } from '../contracts/components';
import { drillSchema } from '../contracts/drill';
import { errorCodes } from '../contracts/error-codes';
import { problemSchema } from '../contracts/outcome';
import { overwriteModes } from '../contracts/overwrite';
import { recoveryPointSchema } from '../contracts/recovery-point';
import { restoreRecordSchema } from '../contracts/restore';
import { isRunId } from '../contracts/run-id';
import { runbookSchema } from '../contracts/runbook';
import { systemSecretsStatusSchema } from '../contracts/system-secrets-status';
import { progressSchema, runStatuses, runSummarySchema } from '../contracts/run';

const mostListed = 200;
const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(mostListed)
  .default(50)
  .describe(`How many at most, up to ${mostListed}; newest first.`);
const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const startBackupSchema = z.strictObject({
  components: z.array(componentSchema).min(1).optional().describe('What to back up; everything configured when not given.'),
  reason: z.string().trim().min(1).max(500).optional().describe('Why, for whoever reads the recovery point later.'),
});

export const listBackupsSchema = z.strictObject({
  status: z.enum(runStatuses).optional(),
  from: instant.optional().describe('Runs from then on; a date or a time, UTC unless it says otherwise.'),
  to: instant.optional().describe('Runs before then.'),
  limit,
});

export const listPointsSchema = z.strictObject({ limit });

const runLinks = z.object({ self: z.string(), cancel: z.string().optional(), recoveryPoint: z.string().optional() });

/** A run that was accepted. */
export const startedSchema = z.object({ runId: z.string(), status: z.literal('running'), links: runLinks });

export const runSchema = runSummarySchema.extend({
  /** What each long activity last told of itself. */
  progress: z.array(progressSchema),
  links: runLinks,
});
export type RunAnswer = z.infer<typeof runSchema>;

export const runListSchema = z.object({
  backups: z.array(runSummarySchema),
  more: z.boolean().describe('True when older ones were not looked at: ask again with a smaller `to`.'),
});

/** Names with `/` between them that lead nowhere else on any system. */
const relativeDirectory = /^(?:\.|(?!\.{1,2}(?:\/|$))[^\\/:\0-\x1f]+(?:\/(?!\.{1,2}(?:\/|$))[^\\/:\0-\x1f]+)*)$/;
const mostGlobs = 1000;

export const startRestoreSchema = z.strictObject({
  recoveryPoint: z
    .string()
    .refine((id) => id === 'latest' || isRunId(id), 'must be latest or the id of a recovery point')
    .describe('Its id, or latest: the newest that has a file share and is not marked suspect.'),
  components: z.array(z.literal('fileshare')).min(1).optional().describe('Only the file share is restored this way.'),
  include: z
    .array(z.string().min(1).max(4096))
    .min(1)
    .max(mostGlobs)
    .optional()
    .describe('Only these paths of the share, globs, and all below them; everything when not given.'),
  overwrite: z
    .enum(overwriteModes)
    .optional()
    .describe('Allows a directory that holds something: which files there are replaced. Without it the directory must be empty.'),
  directory: z
    .string()
    .max(1024)
    .regex(relativeDirectory, 'must be a relative path with / between names, without . and ..')
    .optional()
    .describe('Where to, below RESTORE_DIRECTORY; `.` is that itself. The id of the recovery point when not given.'),
});

const restoreLinks = z.object({ self: z.string(), cancel: z.string().optional(), recoveryPoint: z.string() });

export const startedRestoreSchema = z.object({
  runId: z.string(),
  status: z.literal('running'),
  recoveryPoint: z.string(),
  links: restoreLinks,
});

export const restoreSchema = restoreRecordSchema.extend({ progress: z.array(progressSchema), links: restoreLinks });
export type RestoreAnswer = z.infer<typeof restoreSchema>;

export const markSchema = z.looseObject({ kind: z.string(), at: z.string() });

export const pointSummarySchema = z.object({
  id: z.string(),
  sequence: z.number().int(),
  outcome: z.enum(['complete', 'partial']),
  components: z.array(componentSchema),
  startedAt: z.string(),
  committedAt: z.string(),
  files: z.number().int().nullable().describe('Of the file share; null when the point has none.'),
  bytes: z.number().int().describe('Of everything the point gives back.'),
  newBytes: z.number().int().describe('What its run stored.'),
  skewSeconds: z.number().nullable(),
  marks: z.array(markSchema).describe('Facts added since.'),
});
export type PointSummary = z.infer<typeof pointSummarySchema>;

export const pointListSchema = z.object({
  recoveryPoints: z.array(pointSummarySchema),
  unreadable: z.array(z.object({ id: z.string(), code: z.enum(errorCodes), message: z.string() })),
  more: z.boolean(),
});
export type PointList = z.infer<typeof pointListSchema>;

export const pointSchema = recoveryPointSchema.extend({ marks: z.array(markSchema) });

const percent = z.number().positive().max(100);
const samplePercent = percent.describe(
  'How many percent of the stored bytes are read; each time those not read for the longest time.',
);

export const startDrillSchema = z.strictObject({
  recoveryPoint: z.string().optional().describe('An id, or `latest`; the newest complete one when not given.'),
  sample: samplePercent.optional(),
});

export const verifyPointSchema = z.strictObject({
  deep: z.boolean().default(false).describe('Reads and hashes what is stored, not only the index, sizes and stored hashes.'),
  sample: samplePercent.optional(),
});

export const startedDrillSchema = z.object({
  id: z.string(),
  status: z.literal('running'),
  links: z.object({ self: z.string() }),
});

export const drillListSchema = z.object({ drills: z.array(drillSchema), more: z.boolean() });

export const healthSchema = z.object({ status: z.literal('ok'), version: z.string() });

/** RFC 9457, with a stable code. */
export const problemDocumentSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(errorCodes),
  detail: z.string(),
  hint: z.string().optional(),
  runId: z.string().optional().describe('With run.busy: the run that is running.'),
});

/** Everything an answer can hold, under the names the OpenAPI document gives it. */
export const answerSchemas = {
  StartedBackup: startedSchema,
  Backup: runSchema,
  BackupSummary: runSummarySchema,
  BackupList: runListSchema,
  StartedRestore: startedRestoreSchema,
  Restore: restoreSchema,
  RecoveryPoint: pointSchema,
  RecoveryPointSummary: pointSummarySchema,
  RecoveryPointList: pointListSchema,
  Runbook: runbookSchema,
  StartedDrill: startedDrillSchema,
  Drill: drillSchema,
  DrillList: drillListSchema,
  RunProblem: problemSchema,
  SystemSecretsStatus: systemSecretsStatusSchema,
  Health: healthSchema,
  Problem: problemDocumentSchema,
} as const;
export type AnswerName = keyof typeof answerSchemas;

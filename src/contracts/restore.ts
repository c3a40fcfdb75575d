import * as z from 'zod';
import { problemSchema } from './outcome';
import { overwriteModes } from './overwrite';

/** What a restore is started with; it stands in its record. */
const restoreRequestSchema = z.object({
  runId: z.string(),
  hubkeepVersion: z.string(),
  recoveryPoint: z.string(),
  components: z.array(z.literal('fileshare')),
  /** Globs over paths of the share; everything when there is none. */
  include: z.array(z.string()),
  overwrite: z.enum(overwriteModes).optional(),
  /** Below RESTORE_DIRECTORY, with `/` between names. */
  directory: z.string(),
  startedAt: z.string(),
});
export type RestoreRequest = z.infer<typeof restoreRequestSchema>;

export const restoreStatuses = ['running', 'complete', 'partial', 'failed', 'cancelled', 'superseded'] as const;
const restorePhases = ['starting', 'restoring', 'finishing', 'ended'] as const;
export type RestorePhase = (typeof restorePhases)[number];

const number = z.number().int().nonnegative();
const countedSchema = z.object({ files: number, bytes: number, paths: z.array(z.string()).optional() });

/** What became of what the point holds: new, in place of another, there already as the point has it, there otherwise and left alone. Of paths the first are named. */
export const restoredCountsSchema = z.object({
  created: countedSchema,
  replaced: countedSchema,
  equal: countedSchema,
  kept: countedSchema,
  notRestored: z.object({ count: number, entries: z.array(z.object({ path: z.string(), why: z.string() })) }),
  directories: number,
  symlinks: number,
});
export type RestoredCounts = z.infer<typeof restoredCountsSchema>;

/** `restores/{runId}/restore.json`: the lasting record of a restore that ran as an orchestration. */
export const restoreRecordSchema = restoreRequestSchema.extend({
  status: z.enum(restoreStatuses),
  phase: z.enum(restorePhases),
  endedAt: z.string().optional(),
  restored: restoredCountsSchema.optional(),
  problems: z.array(problemSchema),
});
export type RestoreRecord = z.infer<typeof restoreRecordSchema>;

/** What travels to the orchestration: the rest is in the record. */
export const restoreRunSchema = z.object({ runId: z.string(), version: z.string() });
export type RestoreRun = z.infer<typeof restoreRunSchema>;

/** One time box of a range of the index. */
export const restoreBoxInputSchema = z.object({
  runId: z.string(),
  partition: number,
  partitions: z.number().int().positive(),
  /** Number of this box within its partition, from 0. */
  box: number,
  /** Where the box before it ended; null for the first. */
  cursor: z.string().nullable(),
});
export type RestoreBoxInput = z.infer<typeof restoreBoxInputSchema>;

/** Links come before the times of directories: making one changes the time of its directory. */
export const finishSteps = ['links', 'times'] as const;
export const finishBoxInputSchema = z.object({
  runId: z.string(),
  step: z.enum(finishSteps),
  box: number,
  cursor: z.string().nullable(),
});
export type FinishBoxInput = z.infer<typeof finishBoxInputSchema>;

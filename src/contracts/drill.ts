import * as z from 'zod';
import { databaseDrillSchema } from './database-drill';
import { problemSchema } from './outcome';
import { verificationSchema } from './verification';

const count = z.number().int().nonnegative();
const seconds = z.number().nonnegative();

export const drillParts = ['verify', 'share', 'databases'] as const;
export type DrillPart = (typeof drillParts)[number];

/** What a drill is started with. The orchestration's input. */
export const drillRequestSchema = z.object({
  drillId: z.string(),
  version: z.string(),
  trigger: z.enum(['timer', 'http', 'cli']),
  /** A point's id; the newest complete one when not given. */
  point: z.string().optional(),
  /** One that only verifies is no rehearsal, and is not counted as one. */
  parts: z.array(z.enum(drillParts)).min(1),
  /** Of the stored bytes, those to read: 0 for sizes, stored hashes and the index only, 1 for all. */
  share: z.number().min(0).max(1),
  startedAt: z.string(),
});
export type DrillRequest = z.infer<typeof drillRequestSchema>;

/** A part of the share that was restored to a place of this machine, read back and compared with the index. */
export const shareDrillSchema = z.object({
  status: z.literal('succeeded'),
  files: count,
  bytes: count,
  seconds,
  /** Files whose content is not what was recorded: the first ones, and how many. */
  wrong: z.array(z.string()),
  wrongFiles: count,
  /** Files too large for a rehearsal. */
  tooLarge: count,
  /** Where the next drill goes on; null where it begins anew. */
  next: z.string().nullable(),
});
export type ShareDrill = z.infer<typeof shareDrillSchema>;

const failedSchema = z.object({ status: z.literal('failed'), problem: problemSchema });
/** Why a part was not rehearsed. */
const skippedSchema = z.object({ status: z.literal('skipped'), reason: z.string() });
export type Skipped = z.infer<typeof skippedSchema>;

/** What became of the databases; `broken-off` when not even that could be found out. */
export const drilledDatabasesSchema = z.union([
  databaseDrillSchema,
  z.object({ status: z.literal('broken-off'), problem: problemSchema }),
]);
export type DrilledDatabases = z.infer<typeof drilledDatabasesSchema>;

/** How long a restore of the whole point would take at the rates of the drill. Null where nothing was measured. */
export const recoveryTimeSchema = z.object({ shareSeconds: seconds.nullable(), databasesSeconds: seconds.nullable() });
export type RecoveryTime = z.infer<typeof recoveryTimeSchema>;

/** `drills/{id}.json`: what came of a drill. */
export const drillSchema = z.object({
  id: z.string(),
  /** `incomplete`: something kept the drill from being carried out, which says nothing of the point. */
  status: z.enum(['running', 'succeeded', 'failed', 'incomplete']),
  trigger: z.enum(['timer', 'http', 'cli']),
  parts: z.array(z.enum(drillParts)),
  hubkeepVersion: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  recoveryPoint: z.string().optional(),
  verification: verificationSchema.optional(),
  share: z.discriminatedUnion('status', [shareDrillSchema, failedSchema, skippedSchema]).optional(),
  databases: drilledDatabasesSchema.optional(),
  recoveryTime: recoveryTimeSchema.optional(),
  /** Why it failed; what a rehearsal left out is in its part. */
  problems: z.array(problemSchema),
});
export type Drill = z.infer<typeof drillSchema>;

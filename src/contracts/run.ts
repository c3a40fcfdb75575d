import * as z from 'zod';
import { componentSchema } from './components';
import { problemSchema, warningSchema } from './outcome';

/** What a run is started with. The orchestration's input. */
export const runRequestSchema = z.object({
  runId: z.string(),
  /** Version of the program that started it. */
  version: z.string(),
  components: z.array(componentSchema).min(1),
  trigger: z.enum(['timer', 'http', 'cli']),
  reason: z.string().optional(),
  startedAt: z.string(),
  /** Fence of the run lock this run holds. */
  fence: z.number().int(),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

export const runStatuses = ['running', 'complete', 'partial', 'failed', 'cancelled', 'superseded'] as const;

export const phases = ['starting', 'copying', 'databases-again', 'catching-up', 'committing', 'finishing', 'ended'] as const;
export type Phase = (typeof phases)[number];

/** `runs/{runId}/run.json`: the lasting summary of every run, failed ones too. */
export const runSummarySchema = z.object({
  runId: z.string(),
  status: z.enum(runStatuses),
  phase: z.enum(phases),
  components: z.array(componentSchema),
  trigger: z.enum(['timer', 'http', 'cli']),
  reason: z.string().optional(),
  hubkeepVersion: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  /** The point this run committed, if it did. */
  recoveryPoint: z.string().optional(),
  /** Per component that failed, why. */
  problems: z.array(problemSchema.extend({ component: componentSchema.optional(), subject: z.string().optional() })),
  warnings: z.array(warningSchema),
});
export type RunSummary = z.infer<typeof runSummarySchema>;
export type RunProblem = RunSummary['problems'][number];

/** What an orchestration shows of itself while it runs; under 8 KB. */
export interface RunStatus {
  readonly phase: Phase;
}

/** `runs/{runId}/progress/{activity}.json`. */
export const progressSchema = z.object({
  activity: z.string(),
  /** What is worked on, in words, where the activity alone does not say it. */
  subject: z.string().optional(),
  at: z.string(),
  /** 0 to 100 where the whole is known. */
  percent: z.number().optional(),
  /** As whoever does the work estimates it. */
  secondsLeft: z.number().optional(),
  files: z.number().optional(),
  /** What `files` came to last time: the best guess at the whole. */
  expectedFiles: z.number().optional(),
  bytes: z.number().optional(),
  note: z.string().optional(),
});
export type Progress = z.infer<typeof progressSchema>;

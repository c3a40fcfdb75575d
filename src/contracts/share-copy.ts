import * as z from 'zod';
import { blobReferenceSchema, failedFileSchema, packSchema, segmentSchema, shareCountsSchema } from './recovery-point';

const number = z.number().int().nonnegative();
const passSchema = z.enum(['bulk', 'delta']);
export type Pass = z.infer<typeof passSchema>;

/** One time box of the share as it travels through a history: short, and without paths but for the cursor. */
export const boxInputSchema = z.object({
  runId: z.string(),
  /** Sequence the point will have if it is committed next. */
  sequence: z.number().int().positive(),
  pass: passSchema,
  /** The earlier point this run builds upon. */
  point: z.string().nullable(),
  partition: number,
  /** Into how many the share is cut; where it is one, that is the whole share. */
  partitions: z.number().int().positive(),
  /** Which of several lanes this box belongs to. */
  lane: number.optional(),
  /** How many boxes the bulk pass took for this partition; in the delta pass, which builds upon them. */
  bulkBoxes: number.optional(),
  /** Number of this box within its pass and partition, from 0. */
  box: number,
  /** Where the box before it ended; null for the first. */
  cursor: z.string().nullable(),
});
export type BoxInput = z.infer<typeof boxInputSchema>;

/** What a partition's cuts are planned from. */
export const planInputSchema = z.object({ runId: z.string(), point: z.string().nullable(), width: z.number().int().positive() });
export type PlanInput = z.infer<typeof planInputSchema>;

/** Where the share is cut, in path order: one cut fewer than there are partitions. No name of the share equals a cut. */
export const partitionsSchema = z.object({ cuts: z.array(z.string()) });

/** One range of paths: everything after `after` and before `before`, and a missing bound is no bound. */
export interface Partition {
  readonly number: number;
  readonly after?: string;
  readonly before?: string;
}

/** What it builds upon: an earlier point, the boxes of this run's bulk pass, or nothing. */
export type ShareBase =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'point'; readonly id: string }
  | { readonly kind: 'boxes'; readonly results: readonly string[]; readonly point: string | null };

/** What one activity copies at most before it hands back a cursor. */
export interface BoxRequest extends Pick<BoxInput, 'runId' | 'sequence' | 'pass' | 'box' | 'cursor'> {
  readonly partition: Partition;
  readonly base: ShareBase;
  /** What the partition begins below and is no directory any more: nothing below it is left. */
  readonly replaced?: string;
}

/** The blob a box leaves behind: everything the commit needs, too large for an orchestration's history. */
export const boxResultSchema = z.object({
  segments: z.array(segmentSchema),
  /** Packs this box stored. */
  packs: z.array(packSchema),
  /** Every pack its lines point to. */
  referenced: z.array(z.string()),
  content: z.array(blobReferenceSchema),
  counts: shareCountsSchema,
  failed: z.array(failedFileSchema),
  next: z.string().nullable(),
  source: z.string(),
  /** Globs in force; absent when nothing was excluded. */
  excludes: z.array(z.string()).optional(),
  startedAt: z.string(),
  finishedAt: z.string(),
});
export type BoxResult = z.infer<typeof boxResultSchema>;

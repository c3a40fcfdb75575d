import { z } from 'zod';
import { blobReferenceSchema, failedFileSchema, packSchema, segmentSchema, shareCountsSchema } from './recovery-point';

/** What one activity copies at most before it hands back a cursor. */
export const boxRequestSchema = z.object({
  runId: z.string(),
  /** Sequence the point will have if it is committed next. */
  sequence: z.number().int().positive(),
  pass: z.enum(['bulk', 'delta']),
  /** Half-open range of paths; a missing bound is no bound. */
  partition: z.object({ after: z.string().optional(), before: z.string().optional() }),
  /** Number of this box within its pass and partition, from 0. */
  box: z.number().int().nonnegative(),
  /** Where the box before it ended; null for the first. */
  cursor: z.string().nullable(),
  /** What it builds upon: an earlier point, the boxes of this run's bulk pass, or nothing. */
  base: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('nothing') }),
    z.object({ kind: z.literal('point'), id: z.string() }),
    z.object({ kind: z.literal('boxes'), results: z.array(z.string()), point: z.string().nullable() }),
  ]),
});
export type BoxRequest = z.infer<typeof boxRequestSchema>;
export type ShareBase = BoxRequest['base'];

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

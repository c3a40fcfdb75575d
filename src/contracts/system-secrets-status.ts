import * as z from 'zod';

/** What may be said of the SystemSecrets.JSON in the vault: never any of its content. */
export const systemSecretsStatusSchema = z.object({
  stored: z.boolean(),
  vault: z.string().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
  /** How many secrets hold it, where one is too small. */
  parts: z.number().int().optional(),
  /** Bytes of the file. */
  size: z.number().int().optional(),
  /** UTC, ISO 8601. */
  capturedAt: z.string().optional(),
  confirmedAt: z.string().optional(),
  /** Since it was captured or last confirmed. */
  ageDays: z.number().int().optional(),
  maxAgeDays: z.number().int(),
  /** Older than that: secrets rotated meanwhile would make it useless. */
  stale: z.boolean(),
});
export type SystemSecretsStatus = z.infer<typeof systemSecretsStatusSchema>;

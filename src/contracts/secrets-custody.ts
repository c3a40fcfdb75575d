import * as z from 'zod';

/** Where the SystemSecrets.JSON of a recovery point is kept. Never holds any of its content. */
export const secretsCustodySchema = z.object({
  /** Vault address without credential. */
  vault: z.string(),
  name: z.string(),
  /** The exact version this recovery point was committed with. */
  version: z.string(),
  /** The secrets, in exactly these versions, whose values joined are the file; absent when `version` holds it all. */
  parts: z.array(z.object({ name: z.string(), version: z.string() })).optional(),
  /** When this content was first stored. UTC, ISO 8601. */
  capturedAt: z.string(),
  /** When somebody last handed over the same content again. UTC, ISO 8601. */
  confirmedAt: z.string().optional(),
  /** True when this run stored a new version. */
  stored: z.boolean(),
  /** Bytes of the file. */
  size: z.number().int(),
});
export type SecretsCustody = z.infer<typeof secretsCustodySchema>;

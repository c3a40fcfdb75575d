import { z } from 'zod';

/** Where the SystemSecrets.JSON of a recovery point is kept. Never holds any of its content. */
export const secretsCustodySchema = z.object({
  /** Vault address without credential. */
  vault: z.string(),
  name: z.string(),
  /** The exact version this recovery point was committed with. */
  version: z.string(),
  /** When this content was first stored. UTC, ISO 8601. */
  capturedAt: z.string(),
  /** True when this run stored a new version. */
  stored: z.boolean(),
  /** Bytes of the file. */
  size: z.number().int(),
});
export type SecretsCustody = z.infer<typeof secretsCustodySchema>;

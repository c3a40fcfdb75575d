import { z } from 'zod';
import type { Outcome } from '../contracts/outcome';
import { asOutcome } from '../errors/to-problem';
import type { KeepSystemSecrets, KeptSystemSecrets } from '../secrets/keep-system-secrets';

export const keepSystemSecretsInputSchema = z.object({ runId: z.string().min(1) });
export type KeepSystemSecretsInput = z.infer<typeof keepSystemSecretsInputSchema>;

/** The secrets component of a run. */
export function createKeepSystemSecretsActivity(
  service: KeepSystemSecrets,
): (input: KeepSystemSecretsInput) => Promise<Outcome<KeptSystemSecrets>> {
  return (input) => asOutcome(() => service.keep(keepSystemSecretsInputSchema.parse(input).runId));
}

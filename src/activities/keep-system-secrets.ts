import { z } from 'zod';
import type { Outcome } from '../contracts/outcome';
import { asOutcome } from '../errors/to-problem';
import type { KeptSystemSecrets, SystemSecretsKeeper } from '../secrets/keep-system-secrets';

export const keepSystemSecretsInputSchema = z.object({ runId: z.string().min(1) });
export type KeepSystemSecretsInput = z.infer<typeof keepSystemSecretsInputSchema>;

/** The secrets component of a run. */
export function createKeepSystemSecrets(
  service: SystemSecretsKeeper,
): (input: KeepSystemSecretsInput) => Promise<Outcome<KeptSystemSecrets>> {
  return (input) => asOutcome(() => service.keep(keepSystemSecretsInputSchema.parse(input).runId));
}

import * as z from 'zod';
import type { KeptSecrets } from '../contracts/activities';
import type { Outcome } from '../contracts/outcome';
import { asOutcome } from '../errors/to-problem';
import type { WatchedKeeper } from '../secrets/rotation-watch';

export const keepSystemSecretsInputSchema = z.object({ runId: z.string().min(1) });
export type KeepSystemSecretsInput = z.infer<typeof keepSystemSecretsInputSchema>;

/** The secrets component of a run. */
export function createKeepSystemSecrets(
  service: WatchedKeeper,
): (input: KeepSystemSecretsInput) => Promise<Outcome<KeptSecrets>> {
  return (input) => asOutcome(() => service.keep(keepSystemSecretsInputSchema.parse(input).runId));
}

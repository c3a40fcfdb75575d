import type { Outcome } from '../contracts/outcome';
import { asOutcome } from '../errors/to-problem';
import { serverInputSchema, type CredentialServices } from './give-credential';

/** Takes it back; also from a run that was cancelled or has lost its lock, so nothing guards it. */
export function createTakeCredential({ credentials }: Pick<CredentialServices, 'credentials'>) {
  return (input: { readonly runId: string; readonly server: string }): Promise<Outcome<object>> =>
    asOutcome(async () => {
      await credentials.drop(serverInputSchema.parse(input));
      return {};
    });
}

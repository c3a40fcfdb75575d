import * as z from 'zod';
import type { Outcome } from '../contracts/outcome';
import type { BackupCredentials } from '../databases/backup-credentials';
import { asOutcome } from '../errors/to-problem';
import type { RunGuard } from '../runs/run-guard';

export const serverInputSchema = z.object({ runId: z.string(), server: z.string() });
type ServerInput = z.infer<typeof serverInputSchema>;

export interface CredentialServices {
  readonly guard: RunGuard;
  readonly credentials: BackupCredentials;
}

/** Lets a server write to the container of its backups. No secret is in what goes in or comes out. */
export function createGiveCredential({ guard, credentials }: CredentialServices) {
  return (input: ServerInput): Promise<Outcome<object>> =>
    asOutcome(async () => {
      const request = serverInputSchema.parse(input);
      await guard(request.runId, () => credentials.create(request));
      return {};
    });
}

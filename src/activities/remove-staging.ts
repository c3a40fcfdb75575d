import * as z from 'zod';
import type { Outcome } from '../contracts/outcome';
import { stagedBy } from '../databases/staging-leftovers';
import { asOutcome } from '../errors/to-problem';
import type { StagingFiles } from '../ports/staging-files';

export const removeStagingInputSchema = z.object({ runId: z.string(), server: z.string(), files: z.array(z.string()) });
export type RemoveStagingInput = z.infer<typeof removeStagingInputSchema>;

/**
 * Removes the staging files named, and whatever else the run has left on that server; nothing where there is no staging
 * directory. A file that is gone already is success.
 */
export function createRemoveStaging(services: {
  readonly staging: StagingFiles | undefined;
}): (input: RemoveStagingInput) => Promise<Outcome<{ removed: number }>> {
  return (input) =>
    asOutcome(async () => {
      const { runId, server, files } = removeStagingInputSchema.parse(input);
      const { staging } = services;
      if (staging === undefined) return { removed: 0 };
      const names = [...new Set([...files, ...(await stagedBy(staging, { runId, server }))])];
      await staging.remove(server, names);
      return { removed: names.length };
    });
}

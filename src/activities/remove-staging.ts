import * as z from 'zod';
import type { Outcome } from '../contracts/outcome';
import { asOutcome } from '../errors/to-problem';
import type { StagingFiles } from '../ports/staging-files';

export const removeStagingInputSchema = z.object({ runId: z.string(), server: z.string(), files: z.array(z.string()) });
export type RemoveStagingInput = z.infer<typeof removeStagingInputSchema>;

/** Removes staging files that are of no more use. A file that is gone already is success. */
export function createRemoveStaging(services: {
  readonly staging: StagingFiles;
}): (input: RemoveStagingInput) => Promise<Outcome<{ removed: number }>> {
  return (input) =>
    asOutcome(async () => {
      const { server, files } = removeStagingInputSchema.parse(input);
      await services.staging.remove(server, files);
      return { removed: files.length };
    });
}

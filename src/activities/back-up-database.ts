import * as z from 'zod';
import type { ActivityMap } from '../contracts/activities';
import type { DatabaseBackups } from '../databases/back-up-database';
import { asOutcome } from '../errors/to-problem';
import type { ProgressReporter } from '../runs/progress-reporter';
import type { RunGuard } from '../runs/run-guard';

export const backUpDatabaseInputSchema = z.object({
  runId: z.string(),
  server: z.string(),
  database: z.string(),
  /** Which time in this run the database is taken. */
  round: z.number().int().min(1),
});

export interface BackUpDatabaseServices {
  readonly guard: RunGuard;
  readonly progress: ProgressReporter;
  readonly databases: DatabaseBackups;
}

type BackUpDatabase = ActivityMap['back-up-database'];

export function createBackUpDatabase({ guard, progress, databases }: BackUpDatabaseServices) {
  return (input: BackUpDatabase['input']): Promise<BackUpDatabase['output']> =>
    asOutcome(async () => {
      const request = backUpDatabaseInputSchema.parse(input);
      const activity = `database-${request.server}-${request.database}`.replace(/[^\w.-]+/g, '_');
      return guard(request.runId, (signal) =>
        databases.backUp(request, {
          signal,
          onProgress: ({ step, percent, secondsLeft }) => {
            progress.report(request.runId, {
              activity,
              subject: `${request.database} on ${request.server}`,
              percent,
              ...(secondsLeft === undefined ? {} : { secondsLeft }),
              ...(step === 'backing up' ? {} : { note: step }),
            });
          },
        }),
      );
    });
}

import { z } from 'zod';
import type { Outcome } from '../contracts/outcome';
import type { DatabaseBackups } from '../databases/back-up-database';
import type { BackupControl } from '../databases/backup-parts';
import type { TakenBackup } from '../databases/finished-backup';
import { asOutcome } from '../errors/to-problem';

export const backUpDatabaseInputSchema = z.object({
  runId: z.string(),
  server: z.string(),
  database: z.string(),
  round: z.number().int().min(1).default(1),
});
export type BackUpDatabaseInput = z.input<typeof backUpDatabaseInputSchema>;

export interface BackUpDatabaseServices {
  readonly databases: DatabaseBackups;
  /** Where progress goes and cancel comes from; ended when the activity is. */
  readonly watch?: (input: BackUpDatabaseInput) => BackupControl & { end(): void };
}

export function createBackUpDatabase(
  services: BackUpDatabaseServices,
): (input: BackUpDatabaseInput) => Promise<Outcome<TakenBackup>> {
  return (input) =>
    asOutcome(async () => {
      const request = backUpDatabaseInputSchema.parse(input);
      const control = services.watch?.(request);
      try {
        return await services.databases.backUp(request, control);
      } finally {
        control?.end();
      }
    });
}

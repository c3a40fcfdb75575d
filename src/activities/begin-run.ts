import type { ActivityMap } from '../contracts/activities';
import { runRequestSchema } from '../contracts/run';
import type { DatabaseTarget } from '../contracts/database-backup';
import { asOutcome } from '../errors/to-problem';
import { newestShare } from '../fileshare/share-base';
import type { RecoveryPoints } from '../repository/recovery-points';
import type { RunGuard } from '../runs/run-guard';
import type { RunSummaries } from '../runs/run-summaries';

export interface BeginRunServices {
  readonly guard: RunGuard;
  readonly summaries: RunSummaries;
  readonly points: RecoveryPoints;
  readonly databases: readonly DatabaseTarget[];
  /** How many boxes of the share are copied at once. */
  readonly shareWidth: number;
}

type BeginRun = ActivityMap['begin-run'];

export function createBeginRun({ guard, summaries, points, databases, shareWidth }: BeginRunServices) {
  return (input: BeginRun['input']): Promise<BeginRun['output']> =>
    asOutcome(async () => {
      const run = runRequestSchema.parse(input);
      const { runId, components, trigger, reason, startedAt } = run;
      return guard(runId, async () => {
        await summaries.write({
          runId,
          status: 'running',
          phase: 'copying',
          components,
          trigger,
          ...(reason === undefined ? {} : { reason }),
          hubkeepVersion: run.version,
          startedAt,
          problems: [],
          warnings: [],
        });
        const shareBase = await newestShare(points);
        return { databases: [...databases], shareBase, nextSequence: await points.nextSequence(), shareWidth };
      });
    });
}

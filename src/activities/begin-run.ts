import type { ActivityMap } from '../contracts/activities';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { runRequestSchema } from '../contracts/run';
import { asOutcome } from '../errors/to-problem';
import { hasComponent, type RecoveryPoints } from '../repository/recovery-points';
import type { RunGuard } from '../runs/run-guard';
import { firstSummary, type RunSummaries } from '../runs/run-summaries';

export interface BeginRunServices {
  readonly guard: RunGuard;
  readonly summaries: RunSummaries;
  readonly points: RecoveryPoints;
  /** True when another process started the run: its summary says that it is being started. */
  readonly isHandedOver: boolean;
  /** How many boxes of the share are copied at once. */
  readonly shareWidth: number;
}

type BeginRun = ActivityMap['begin-run'];

export function createBeginRun({ guard, summaries, points, isHandedOver, shareWidth }: BeginRunServices) {
  return (input: BeginRun['input']): Promise<BeginRun['output']> =>
    asOutcome(async () => {
      const run = runRequestSchema.parse(input);
      return guard(run.runId, async () => {
        if (isHandedOver) await summaries.write(firstSummary(run, 'copying'));
        const hasShare = (point: RecoveryPoint) => hasComponent(point, 'fileshare');
        const { place, base } = await points.ground(run.components.includes('fileshare') ? hasShare : undefined);
        return { shareBase: base?.point.id ?? null, place, shareWidth };
      });
    });
}

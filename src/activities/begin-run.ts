import type { ActivityMap } from '../contracts/activities';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { runRequestSchema } from '../contracts/run';
import { asOutcome } from '../errors/to-problem';
import { isSuspectBy, type Mark } from '../repository/marks';
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
  /** What is known to be damaged must not go on for ever: without a sound point all is read and stored anew. */
  async function isSoundBase(point: RecoveryPoint): Promise<boolean> {
    return hasComponent(point, 'fileshare') && !isDamaged(await points.marks(point.id));
  }

  return (input: BeginRun['input']): Promise<BeginRun['output']> =>
    asOutcome(async () => {
      const run = runRequestSchema.parse(input);
      return guard(run.runId, async () => {
        if (isHandedOver) await summaries.write(firstSummary(run, 'copying'));
        const { place, base } = await points.ground(run.components.includes('fileshare') ? isSoundBase : undefined);
        return { shareBase: base?.point.id ?? null, place, shareWidth };
      });
    });
}

/** By those who look at what is stored. */
function isDamaged(marks: readonly Mark[]): boolean {
  return isSuspectBy(marks, ['verify', 'drill']);
}

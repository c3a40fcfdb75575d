import type { ActivityMap } from '../contracts/activities';
import { planInputSchema } from '../contracts/share-copy';
import { asOutcome } from '../errors/to-problem';
import type { Partitions } from '../fileshare/partitions';
import type { RunGuard } from '../runs/run-guard';

export interface PlanSharePartitionsServices {
  readonly guard: RunGuard;
  readonly partitions: Pick<Partitions, 'plan'>;
}

type PlanSharePartitions = ActivityMap['plan-share-partitions'];

export function createPlanSharePartitions({ guard, partitions }: PlanSharePartitionsServices) {
  return (input: PlanSharePartitions['input']): Promise<PlanSharePartitions['output']> =>
    asOutcome(async () => {
      const request = planInputSchema.parse(input);
      return guard(request.runId, () => partitions.plan(request));
    });
}

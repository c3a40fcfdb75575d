import * as z from 'zod';
import type { ActivityMap, BackupRoadKind } from '../contracts/activities';
import type { DatabaseRoutes } from '../databases/routing/route-databases';
import { asOutcome } from '../errors/to-problem';
import type { RunGuard } from '../runs/run-guard';

export const routeDatabasesInputSchema = z.object({
  runId: z.string(),
  /** One alone; all that are configured unless given. */
  database: z.string().optional(),
});

type RouteDatabases = ActivityMap['route-databases'];

export interface RouteDatabasesServices {
  readonly guard: RunGuard;
  readonly routes: DatabaseRoutes;
  readonly road: BackupRoadKind;
}

export function createRouteDatabases({ guard, routes, road }: RouteDatabasesServices) {
  return (input: RouteDatabases['input']): Promise<RouteDatabases['output']> =>
    asOutcome(async () => {
      const { runId, database } = routeDatabasesInputSchema.parse(input);
      const chosen = await guard(runId, () => routes.route({ runId, ...(database === undefined ? {} : { database }) }));
      return { ...chosen, road };
    });
}

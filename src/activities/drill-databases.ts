import type { ActivityMap } from '../contracts/activities';
import type { DatabaseDrill } from '../databases/drill-databases';
import { failed } from '../errors/to-problem';
import { isHubkeepError } from '../errors/hubkeep-error';
import type { RecoveryPoints } from '../repository/recovery-points';

type DrillDatabases = ActivityMap['drill-databases'];

export interface DrillDatabasesServices {
  readonly points: RecoveryPoints;
  readonly drillDatabases: DatabaseDrill;
}

export function createDrillDatabases({ points, drillDatabases }: DrillDatabasesServices) {
  return async ({ recoveryPoint }: DrillDatabases['input']): Promise<DrillDatabases['output']> => {
    try {
      return await drillDatabases((await points.read(recoveryPoint)).point);
    } catch (error) {
      if (isHubkeepError(error) && error.retryable) throw error;
      const { problem } = failed(error);
      return { status: 'broken-off', problem };
    }
  };
}

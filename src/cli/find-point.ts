import type { Component } from '../contracts/components';
import { isRunId } from '../contracts/run-id';
import { HubkeepError } from '../errors/hubkeep-error';
import type { RecoveryPoints, StoredPoint } from '../repository/recovery-points';

/** `latest`, which has to have what is needed, or a point by its id, whatever it has. Throws `point.not-found`. */
export async function findPoint(
  points: RecoveryPoints,
  idOrLatest: string,
  needed: readonly Component[] = [],
): Promise<StoredPoint> {
  if (idOrLatest === 'latest') return points.find('latest', needed);
  if (isRunId(idOrLatest)) return points.find(idOrLatest);
  throw new HubkeepError('point.not-found', `there is no recovery point ${idOrLatest}`, {
    hint: 'Name a point that hubkeep list shows, or latest.',
  });
}

import type { Component } from '../../contracts/components';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import { HubkeepError } from '../../errors/hubkeep-error';
import { isSuspect } from '../../repository/marks';
import { hasComponent, hasSomeOf, type RecoveryPoints } from '../../repository/recovery-points';

/**
 * The point that a drill rehearses: the newest that is not suspect and has all that is configured to be backed up. Where there is none,
 * the newest that has something of each, and after that the newest.
 */
export async function choosePoint(points: RecoveryPoints, components: readonly Component[]): Promise<RecoveryPoint> {
  let some: RecoveryPoint | undefined;
  let any: RecoveryPoint | undefined;
  for await (const { point } of points.newestFirst()) {
    if (isSuspect(await points.marks(point.id))) continue;
    if (components.every((component) => hasComponent(point, component))) return point;
    if (components.every((component) => hasSomeOf(point, component))) some ??= point;
    any ??= point;
  }
  const found = some ?? any;
  if (found !== undefined) return found;
  throw new HubkeepError('point.not-found', 'there is no recovery point to rehearse: none, or all of them are suspect', {
    hint: 'Name one by its id.',
  });
}

import type { Component } from '../contracts/components';
import type { RecoveryPoint } from '../contracts/recovery-point';

/** Something asked for that a recovery point does not have. */
export interface Missing {
  readonly component: Component;
  readonly subject?: string;
  readonly reason: string;
}

const neverAsked = 'the run that made it was not asked for it';

/** What a point lacks of these components, and why. */
export function missingOf(point: RecoveryPoint, wanted: readonly Component[]): Missing[] {
  return wanted.flatMap((component): Missing[] => {
    const part = point[component];
    if (part === undefined) return [{ component, reason: neverAsked }];
    if (!('items' in part)) return part.status === 'failed' ? [{ component, reason: part.problem.message }] : [];
    return part.items.flatMap((item) =>
      item.status === 'failed'
        ? [{ component, subject: `${item.database} on ${item.server}`, reason: item.problem.message }]
        : [],
    );
  });
}

/** True when the point has nothing at all of these components. */
export function hasNothingOf(point: RecoveryPoint, wanted: readonly Component[]): boolean {
  return wanted.every((component) => point[component] === undefined || point[component].status === 'failed');
}

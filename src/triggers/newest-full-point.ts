import type { Component } from '../contracts/components';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { hasComponent, type RecoveryPoints } from '../repository/recovery-points';

/** Records that one look reads at most: a component configured only today is in none of them. */
const mostRead = 50;

export interface NewestFull {
  /** What the newest readable point lacks of the components, wholly or in part. */
  readonly lacking: readonly Component[];
  /** The newest that lacks none, unless it lies far back. */
  readonly newestFull: RecoveryPoint | undefined;
}

export async function findNewestFull(points: RecoveryPoints, components: readonly Component[]): Promise<NewestFull> {
  let lacking: readonly Component[] | undefined;
  let read = 0;
  const found = await points.newestReadable((point) => {
    const missing = components.filter((component) => !hasComponent(point, component));
    lacking ??= missing;
    read += 1;
    return missing.length === 0 || read === mostRead;
  });
  const isFull = found !== undefined && components.every((component) => hasComponent(found.point, component));
  return { lacking: lacking ?? [], newestFull: isFull ? found.point : undefined };
}

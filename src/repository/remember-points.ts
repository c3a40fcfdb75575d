import type { RecoveryPoints, StoredPoint } from './recovery-points';

/** A run reads the point it builds upon, and the one it makes. */
const remembered = 2;

/**
 * The recovery points as the steps of a run see them: one that `ground` or `commit` gave is not read again, since a record
 * never changes. Not for who has to know whether a point is still there, or still whole.
 */
export function rememberPoints(points: RecoveryPoints): RecoveryPoints {
  const known = new Map<string, StoredPoint>();

  function remember(stored: StoredPoint): StoredPoint {
    known.delete(stored.point.id);
    known.set(stored.point.id, stored);
    const [oldest] = known.keys();
    if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    return stored;
  }

  return {
    ...points,
    read: async (id) => known.get(id) ?? remember(await points.read(id)),
    async ground(isWanted) {
      const ground = await points.ground(isWanted);
      if (ground.base !== undefined) remember(ground.base);
      return ground;
    },
    commit: async (point, options) => remember(await points.commit(point, options)),
  };
}

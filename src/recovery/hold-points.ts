import type { DatabaseOutcome } from '../contracts/activities';
import type { RecoveryPoint } from '../contracts/recovery-point';
import type { RunRequest } from '../contracts/run';
import type { RecoveryPoints } from '../repository/recovery-points';

/**
 * Marks the points that must not be pruned because a database turned out to be damaged: the newest earlier point that has a
 * backup of it, and the one of this run, if there is one. Doing it again adds nothing.
 */
export async function holdPoints(
  points: RecoveryPoints,
  run: RunRequest,
  { databases, committed }: { readonly databases: readonly DatabaseOutcome[]; readonly committed: boolean },
): Promise<void> {
  const reasons = new Map<string, string[]>();
  for (const { target, outcome } of databases) {
    if (outcome.status !== 'failed' || outcome.problem.code !== 'sql.corrupt') continue;
    const reason = `${target.database} on ${target.server} is damaged: ${outcome.problem.message}`;
    const earlier = await points.newestReadable((point) => point.id !== run.runId && holds(point, target.database));
    for (const id of [...(earlier === undefined ? [] : [earlier.point.id]), ...(committed ? [run.runId] : [])]) {
      reasons.set(id, [...(reasons.get(id) ?? []), reason]);
    }
  }
  for (const [id, found] of reasons) {
    await points.mark(id, { kind: 'hold', at: run.startedAt, run: run.runId, reason: found.join('; ') });
  }
}

/** From whichever server: one of a group may have been taken from another replica. */
function holds({ databases }: RecoveryPoint, name: string): boolean {
  const items = databases?.items ?? [];
  return items.some(({ status, database }) => status === 'succeeded' && database.toLowerCase() === name.toLowerCase());
}

import type { Component } from '../contracts/components';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { isRunId } from '../contracts/run-id';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import type { ChainLink } from '../repository/chain';
import type { Mark } from '../repository/marks';
import type { RecoveryPoints, StoredPoint } from '../repository/recovery-points';
import type { PointList, PointSummary } from './api-schemas';

/** One point by id, or the newest that is not suspect. Throws `point.not-found`. */
export function findPoint(points: RecoveryPoints, idOrLatest: string): Promise<StoredPoint> {
  return find(points, idOrLatest, []);
}

/** The same, which has to have a component: of the newest, that has it. Throws `point.component-missing`, too. */
export function findPointWith(points: RecoveryPoints, idOrLatest: string, component: Component): Promise<StoredPoint> {
  return find(points, idOrLatest, [component]);
}

async function find(points: RecoveryPoints, idOrLatest: string, needed: readonly Component[]): Promise<StoredPoint> {
  // Nothing but an id becomes part of a blob's name.
  if (idOrLatest !== 'latest' && !isRunId(idOrLatest))
    throw new HubkeepError('point.not-found', 'There is no such recovery point.');
  try {
    return await points.find(idOrLatest, needed);
  } catch (error) {
    // Before the first run there is no container.
    if (codeOf(error) !== 'store.not-found') throw error;
    throw new HubkeepError('point.not-found', 'There is no recovery point yet.', { cause: error });
  }
}

/** Newest first; `more` when there are older ones. A damaged record is listed as such and does not hide the others. */
export async function listPoints(points: RecoveryPoints, limit: number): Promise<PointList> {
  const list: PointList = { recoveryPoints: [], unreadable: [], more: false };
  for (const link of (await chainOf(points)).reverse()) {
    if (list.recoveryPoints.length + list.unreadable.length === limit) return { ...list, more: true };
    try {
      const stored = await points.follow(link);
      if (stored !== undefined) list.recoveryPoints.push(summaryOf(stored.point, await points.marks(link.id)));
    } catch (error) {
      const { code, message } = toProblem(error);
      if (code !== 'format.damaged' && code !== 'format.unsupported-version') throw error;
      list.unreadable.push({ id: link.id, code, message });
    }
  }
  return list;
}

/** Oldest first; none before the first run. */
export async function chainOf(points: RecoveryPoints): Promise<ChainLink[]> {
  try {
    return await points.chain();
  } catch (error) {
    // Before the first run there is no container.
    if (codeOf(error) === 'store.not-found') return [];
    throw error;
  }
}

function summaryOf(point: RecoveryPoint, marks: Mark[]): PointSummary {
  const { id, sequence, outcome, components, startedAt, committedAt, skewSeconds } = point;
  const counts = point.fileshare?.status === 'succeeded' ? point.fileshare.counts : undefined;
  const ofDatabases = databaseBytes(point);
  return {
    ...{ id, sequence, outcome, components, startedAt, committedAt, skewSeconds },
    files: counts?.files ?? null,
    bytes: ofDatabases + (counts?.bytes ?? 0),
    newBytes: ofDatabases + (counts?.bytesStored ?? 0),
    marks,
  };
}

function databaseBytes({ databases }: RecoveryPoint): number {
  const files = (databases?.items ?? []).flatMap((item) => (item.status === 'succeeded' ? item.files : []));
  return files.reduce((sum, { size }) => sum + size, 0);
}

import type { Drill } from '../../contracts/drill';
import { isSuspect } from '../../repository/marks';
import type { RecoveryPoints } from '../../repository/recovery-points';

/** Who finds a point suspect by restoring its databases; only that takes it back. */
export const byDatabases = 'drill-databases';
/** The same for what stands in the store: a verification that reads all takes it back too. */
export const byDrill = 'drill';

/** Marks what came of it on the point: one that did not stand the drill is suspect until what failed is seen to be whole. */
export async function recordDrill(points: RecoveryPoints, drill: Drill): Promise<void> {
  const { id, recoveryPoint, status, endedAt: at, problems, databases, parts } = drill;
  if (recoveryPoint === undefined || at === undefined || parts.every((part) => part === 'verify')) return;
  const common = { at, drill: id };
  await points.mark(recoveryPoint, { kind: 'drill', by: byDrill, status, reason: summaryOf(drill), ...common });
  if (status === 'failed') {
    const by = areDatabasesDamaged(databases) ? byDatabases : byDrill;
    await points.mark(recoveryPoint, {
      kind: 'suspect',
      by,
      reason: problems.map(({ message }) => message).join('; '),
      ...common,
    });
    return;
  }
  const own = (await points.marks(recoveryPoint)).filter((mark) => mark.by === byDatabases);
  if (databases?.status === 'passed' && isSuspect(own))
    await points.mark(recoveryPoint, { kind: 'cleared', by: byDatabases, reason: 'its databases stood a drill', ...common });
}

function areDatabasesDamaged(databases: Drill['databases']): boolean {
  return databases !== undefined && 'databases' in databases && databases.databases.some(({ outcome }) => outcome === 'damaged');
}

function summaryOf({ status, share, databases, problems }: Drill): string {
  const files = share?.status === 'succeeded' ? `, ${share.files} files restored and compared` : '';
  const restored = databases?.status === 'passed' ? `, ${databases.databases.length} databases restored and checked` : '';
  return `${status}${files}${restored}${problems[0] === undefined ? '' : `: ${problems[0].message}`}`;
}

import type { Drill } from '../../contracts/drill';
import { isSuspect } from '../../repository/marks';
import type { RecoveryPoints } from '../../repository/recovery-points';

const by = 'drill';

/** Marks what came of it on the point: one that did not stand the drill is suspect until it stands one. */
export async function recordDrill(points: RecoveryPoints, drill: Drill): Promise<void> {
  const { id, recoveryPoint, status, endedAt: at, problems } = drill;
  if (recoveryPoint === undefined || at === undefined) return;
  if (drill.parts.some((part) => part !== 'verify'))
    await points.mark(recoveryPoint, { kind: 'drill', at, by, drill: id, status, reason: summaryOf(drill) });
  if (status === 'failed') {
    const reason = problems.map(({ message }) => message).join('; ');
    await points.mark(recoveryPoint, { kind: 'suspect', at, by, drill: id, reason });
    return;
  }
  const own = (await points.marks(recoveryPoint)).filter((mark) => mark.by === by);
  if (status === 'succeeded' && drill.parts.includes('share') && isSuspect(own))
    await points.mark(recoveryPoint, { kind: 'cleared', at, by, drill: id, reason: 'it stood a drill' });
}

function summaryOf({ status, share, databases, problems }: Drill): string {
  const files = share?.status === 'succeeded' ? `, ${share.files} files restored and compared` : '';
  const restored = databases?.status === 'passed' ? `, ${databases.databases.length} databases restored and checked` : '';
  return `${status}${files}${restored}${problems[0] === undefined ? '' : `: ${problems[0].message}`}`;
}

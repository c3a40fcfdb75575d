import type { Verification } from '../../contracts/verification';
import { isSuspect, type Mark } from '../../repository/marks';
import type { RecoveryPoints } from '../../repository/recovery-points';
import { costsRestore } from '../costs-restore';

const by = 'verify';
/** Whose suspicion a verification that reads all and finds nothing takes back: what they found, it would have found. */
const takenBack = ['verify', 'drill'];

/**
 * Marks on each point what came of looking at it. A point that would not give back all it recorded is suspect from then
 * on, also one that was not asked for and needs the same blob; a verification that looks as closely and finds nothing takes that back.
 */
export async function recordVerification(points: RecoveryPoints, verification: Verification, now: Date): Promise<void> {
  const at = now.toISOString();
  const { deep, sample, coverage, findings } = verification;
  for (const id of verification.points) {
    const found = findings.filter((finding) => finding.points.includes(id)).length;
    await points.mark(id, { kind: 'verified', at, by, deep, sample, coverage, findings: found });
  }
  const costly = findings.filter(costsRestore);
  const suspects = new Set(costly.flatMap((finding) => finding.points));
  for (const id of suspects) {
    const reasons = costly.filter((finding) => finding.points.includes(id)).map(({ blob, message }) => `${blob} ${message}`);
    await points.mark(id, { kind: 'suspect', at, by, deep, reason: shortened(reasons) });
  }
  for (const id of verification.points.filter((one) => !suspects.has(one))) {
    const marks = await points.marks(id);
    const of = takenBack.filter((who) => isCleared(marks, who, verification));
    if (of.length > 0) await points.mark(id, { kind: 'cleared', at, by, of, reason: 'verified again, and nothing was found' });
  }
}

/** True when what was made of the point is no longer so. */
function isCleared(marks: readonly Mark[], who: string, { deep, sample }: Verification): boolean {
  const own = marks.filter((mark) => mark.by === who);
  const looksAtAll = deep && sample === null;
  return isSuspect(own) && (looksAtAll || (who === by && !own.some(foundByReading)));
}

function foundByReading({ kind, deep }: Mark): boolean {
  return kind === 'suspect' && deep === true;
}

const reasonsShown = 3;

function shortened(reasons: readonly string[]): string {
  const more = reasons.length - reasonsShown;
  return `${reasons.slice(0, reasonsShown).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

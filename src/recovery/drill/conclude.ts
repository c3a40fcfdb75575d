import type { Drill, DrillRequest, RecoveryTime, ShareDrill, Skipped } from '../../contracts/drill';
import type { Failed, Problem } from '../../contracts/outcome';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { Verification } from '../../contracts/verification';
import { firstDrill } from './start-drill';

export interface DrillResults {
  readonly point: RecoveryPoint | undefined;
  readonly verification: Verification | undefined;
  readonly share: ShareDrill | Failed | Skipped | undefined;
  /** What kept the drill from going on. */
  readonly problems: readonly Problem[];
}

/** Codes that speak against what is stored; any other failure is one of the rehearsal. */
const against: readonly Problem['code'][] = [
  'drill.findings',
  'drill.share-differs',
  'format.damaged',
  'store.not-found',
  'restore.incomplete',
  'restore.unsafe-path',
];

/** What a drill as a whole came to. */
export function concludeDrill(request: DrillRequest, results: DrillResults, endedAt: Date): Drill {
  const { point, verification, share } = results;
  const problems = [...results.problems, ...verificationProblems(verification), ...shareProblems(share)];
  const isAgainst = problems.some(({ code }) => against.includes(code));
  return {
    ...firstDrill(request),
    status: isAgainst ? 'failed' : problems.length > 0 ? 'incomplete' : 'succeeded',
    endedAt: endedAt.toISOString(),
    ...(point === undefined ? {} : { recoveryPoint: point.id }),
    ...(verification === undefined ? {} : { verification }),
    ...(share === undefined ? {} : { share }),
    ...(point === undefined || !request.parts.includes('share') ? {} : { recoveryTime: recoveryTimeOf(point, results) }),
    problems,
  };
}

function verificationProblems(verification: Verification | undefined): Problem[] {
  const [first] = verification?.findings ?? [];
  if (verification === undefined || first === undefined) return [];
  const more = verification.findings.length - 1;
  const message = `verification found that ${first.blob} ${first.message}${more === 0 ? '' : `, and ${more} more`}`;
  return [{ code: 'drill.findings', message, hint: 'hubkeep verify --deep tells of all of them.' }];
}

function shareProblems(share: DrillResults['share']): Problem[] {
  if (share?.status === 'failed') return [share.problem];
  if (share?.status !== 'succeeded' || share.wrongFiles === 0) return [];
  const message = `${share.wrongFiles} of ${share.files} restored files are not what was recorded, the first: ${share.wrong[0] ?? ''}`;
  return [{ code: 'drill.share-differs', message }];
}

/** Small files take time by their number and large ones by their size: the slower of both counts. */
function recoveryTimeOf({ fileshare }: RecoveryPoint, { share }: DrillResults): RecoveryTime {
  if (fileshare?.status !== 'succeeded' || share?.status !== 'succeeded' || share.files === 0)
    return { shareSeconds: null, databasesSeconds: null };
  const { files, bytes } = fileshare.counts;
  const times = Math.max(files / share.files, share.bytes === 0 ? 0 : bytes / share.bytes);
  return { shareSeconds: Math.round(share.seconds * times), databasesSeconds: null };
}

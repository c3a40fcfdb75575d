import type { Drill, DrilledDatabases, DrillRequest, RecoveryTime, ShareDrill, Skipped } from '../../contracts/drill';
import type { DrilledDatabase } from '../../contracts/database-drill';
import type { Failed, Problem } from '../../contracts/outcome';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { Verification } from '../../contracts/verification';
import { costsRestore } from '../costs-restore';
import { firstDrill } from './start-drill';

export interface DrillResults {
  readonly point: RecoveryPoint | undefined;
  readonly verification: Verification | undefined;
  readonly share: ShareDrill | Failed | Skipped | undefined;
  readonly databases: DrilledDatabases | undefined;
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
  const { point, verification, share, databases } = results;
  const problems = [
    ...results.problems,
    ...verificationProblems(verification, point?.id ?? request.point),
    ...shareProblems(share),
    ...databaseProblems(databases),
    ...nothingProblems(request, results),
  ];
  const isAgainst = problems.some(({ code }) => against.includes(code)) || isAnyDamaged(databases);
  return {
    ...firstDrill(request),
    status: isAgainst ? 'failed' : problems.length > 0 ? 'incomplete' : 'succeeded',
    endedAt: endedAt.toISOString(),
    ...(point === undefined ? {} : { recoveryPoint: point.id }),
    ...(verification === undefined ? {} : { verification }),
    ...(share === undefined ? {} : { share }),
    ...(databases === undefined ? {} : { databases }),
    ...(point === undefined || !request.parts.includes('share') ? {} : { recoveryTime: recoveryTimeOf(point, results) }),
    problems,
  };
}

/** What costs nothing in a restore of this point is in the verification for who wants to know, and fails no drill. */
function verificationProblems(verification: Verification | undefined, id: string | undefined): Problem[] {
  const findings = verification?.findings.filter(({ points }) => id !== undefined && points.includes(id)) ?? [];
  const [first, ...more] = findings.filter(costsRestore);
  const unreadable = findings.find(({ code }) => code === 'secrets.unreadable');
  return [
    ...(first === undefined
      ? []
      : [
          {
            code: 'drill.findings' as const,
            message: `verification found that ${first.blob} ${first.message}${more.length === 0 ? '' : `, and ${more.length} more`}`,
            hint: `hubkeep verify ${id ?? ''} --deep tells of all of them.`,
          },
        ]),
    ...(unreadable === undefined
      ? []
      : [{ code: 'secrets.unreadable' as const, message: `${unreadable.blob} ${unreadable.message}` }]),
  ];
}

/** One that only verifies rehearses nothing, and is not meant to. */
function nothingProblems({ parts }: DrillRequest, { point, share, databases, problems }: DrillResults): Problem[] {
  if (point === undefined || problems.length > 0 || parts.every((part) => part === 'verify')) return [];
  const isAnything =
    share?.status !== 'skipped' || (databases !== undefined && 'databases' in databases && databases.databases.length > 0);
  if (isAnything) return [];
  const hint = 'Set DRILL_SQL_SERVER to rehearse databases, or name a point that holds the file share.';
  return [{ code: 'drill.nothing', message: `nothing of ${point.id} could be restored on trial`, hint }];
}

function shareProblems(share: DrillResults['share']): Problem[] {
  if (share?.status === 'failed') return [share.problem];
  if (share?.status !== 'succeeded' || share.wrongFiles === 0) return [];
  const message = `${share.wrongFiles} of ${share.files} restored files are not what was recorded, the first: ${share.wrong[0] ?? ''}`;
  return [{ code: 'drill.share-differs', message }];
}

function databaseProblems(databases: DrilledDatabases | undefined): Problem[] {
  if (databases?.status === 'broken-off') return [databases.problem];
  return drilledOf(databases).flatMap(({ problem }) => problem ?? []);
}

function isAnyDamaged(databases: DrilledDatabases | undefined): boolean {
  return drilledOf(databases).some(({ outcome }) => outcome === 'damaged');
}

function drilledOf(databases: DrilledDatabases | undefined): readonly DrilledDatabase[] {
  return databases !== undefined && 'databases' in databases ? databases.databases : [];
}

function recoveryTimeOf(point: RecoveryPoint, { share, databases }: DrillResults): RecoveryTime {
  return { shareSeconds: shareSecondsOf(point, share), databasesSeconds: databasesSecondsOf(databases) };
}

/** What is reckoned from less is anybody's guess. */
const leastFiles = 1_000;
const leastBytes = 64 * 1024 * 1024;

/** Small files take time by their number and large ones by their size: the slower of both counts. */
function shareSecondsOf({ fileshare }: RecoveryPoint, share: DrillResults['share']): number | null {
  if (fileshare?.status !== 'succeeded' || share?.status !== 'succeeded' || share.files === 0) return null;
  const { files, bytes } = fileshare.counts;
  const isEnough = share.files === files || share.files >= leastFiles || share.bytes >= leastBytes;
  if (!isEnough) return null;
  const times = Math.max(files / share.files, share.bytes === 0 ? 0 : bytes / share.bytes);
  return Math.round(share.seconds * times);
}

/** They are restored whole, so nothing is to be reckoned but the sum. */
function databasesSecondsOf(databases: DrilledDatabases | undefined): number | null {
  const drilled = drilledOf(databases);
  if (drilled.length === 0 || drilled.some(({ outcome }) => outcome !== 'passed')) return null;
  const each = drilled.map(({ seconds: { copying = 0, verifying = 0, restoring = 0 } }) => copying + verifying + restoring);
  return Math.round(each.reduce((sum, seconds) => sum + seconds, 0));
}

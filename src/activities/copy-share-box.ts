import type { ActivityMap } from '../contracts/activities';
import { type BoxInput, boxInputSchema } from '../contracts/share-copy';
import { asOutcome } from '../errors/to-problem';
import type { FileShare } from '../fileshare/copy-share';
import type { Partitions } from '../fileshare/partitions';
import type { RecoveryPoints } from '../repository/recovery-points';
import type { ProgressReporter } from '../runs/progress-reporter';
import type { RunGuard } from '../runs/run-guard';
import { fromHistory, toHistory } from './history-cursor';

export interface CopyShareBoxServices {
  readonly guard: RunGuard;
  readonly progress: ProgressReporter;
  readonly partitions: Pick<Partitions, 'requestOf'>;
  readonly fileShare: FileShare;
  readonly points: RecoveryPoints;
}

type CopyShareBox = ActivityMap['copy-share-box'];

export function createCopyShareBox({ guard, progress, partitions, fileShare, points }: CopyShareBoxServices) {
  return (input: CopyShareBox['input']): Promise<CopyShareBox['output']> =>
    asOutcome(async () => {
      const asked = boxInputSchema.parse(input);
      const box = { ...asked, cursor: asked.cursor === null ? null : fromHistory(asked.cursor) };
      return guard(box.runId, async (signal) => {
        const expectedFiles = await filesBefore(points, box);
        const onProgress = (files: number, bytes: number) => {
          progress.report(box.runId, { ...activityOf(box), files, expectedFiles, bytes });
        };
        const { result } = await fileShare.copyBox(await partitions.requestOf(box), { signal, onProgress });
        return { next: result.next === null ? null : toHistory(result.next), finishedAt: result.finishedAt };
      });
    });
}

/** Nothing for a lane: how much of the share is its own was not known before either. */
async function filesBefore(points: RecoveryPoints, { point, lane }: BoxInput): Promise<number | undefined> {
  const share = point === null || lane !== undefined ? undefined : (await points.read(point)).point.fileshare;
  return share?.status === 'succeeded' ? share.counts.files : undefined;
}

/** Lanes count side by side, each for itself. */
function activityOf({ pass, lane }: BoxInput): { activity: string; subject?: string } {
  if (lane === undefined) return { activity: `fileshare-${pass}` };
  const look = pass === 'bulk' ? 'file share' : 'file share, second look';
  return { activity: `fileshare-${pass}-${lane + 1}`, subject: `${look}, lane ${lane + 1}` };
}

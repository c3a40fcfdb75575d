import type { ActivityMap } from '../contracts/activities';
import { boxRequestSchema, type ShareBase } from '../contracts/share-copy';
import { bytesToPath, isEscaped, pathToBytes, type SharePath } from '../contracts/share-path';
import { asOutcome } from '../errors/to-problem';
import type { FileShare } from '../fileshare/copy-share';
import type { RecoveryPoints } from '../repository/recovery-points';
import type { ProgressReporter } from '../runs/progress-reporter';
import type { RunGuard } from '../runs/run-guard';

export interface CopyShareBoxServices {
  readonly guard: RunGuard;
  readonly progress: ProgressReporter;
  readonly fileShare: FileShare;
  readonly points: RecoveryPoints;
}

type CopyShareBox = ActivityMap['copy-share-box'];

export function createCopyShareBox({ guard, progress, fileShare, points }: CopyShareBoxServices) {
  return (input: CopyShareBox['input']): Promise<CopyShareBox['output']> =>
    asOutcome(async () => {
      const asked = boxRequestSchema.parse(input);
      const request = { ...asked, cursor: asked.cursor === null ? null : fromHistory(asked.cursor) };
      return guard(request.runId, async (signal) => {
        const expectedFiles = await filesBefore(points, request.base);
        const onProgress = (files: number, bytes: number) => {
          progress.report(request.runId, { activity: `fileshare-${request.pass}`, files, expectedFiles, bytes });
        };
        const { key, result } = await fileShare.copyBox(request, { signal, onProgress });
        return { result: key, next: result.next === null ? null : toHistory(result.next), finishedAt: result.finishedAt };
      });
    });
}

async function filesBefore(points: RecoveryPoints, base: ShareBase): Promise<number | undefined> {
  const id = base.kind === 'point' ? base.id : base.kind === 'boxes' ? base.point : null;
  const share = id === null ? undefined : (await points.read(id)).point.fileshare;
  return share?.status === 'succeeded' ? share.counts.files : undefined;
}

/** A history need not keep the lone surrogates that stand for bytes which are not UTF-8: a cursor travels as plain ASCII. */
function toHistory(path: SharePath): string {
  return isEscaped(path) ? marker + pathToBytes(path).toString('base64url') : path;
}

function fromHistory(cursor: string): SharePath {
  return cursor.startsWith(marker) ? bytesToPath(Buffer.from(cursor.slice(marker.length), 'base64url')) : cursor;
}

/** No path begins with a slash. */
const marker = '/bytes:';

import type { ActivityMap } from '../contracts/activities';
import { boxRequestSchema } from '../contracts/share-copy';
import { asOutcome } from '../errors/to-problem';
import type { FileShare } from '../fileshare/copy-share';
import type { ProgressReporter } from '../runs/progress-reporter';
import type { RunGuard } from '../runs/run-guard';

export interface CopyShareBoxServices {
  readonly guard: RunGuard;
  readonly progress: ProgressReporter;
  readonly fileShare: FileShare;
}

type CopyShareBox = ActivityMap['copy-share-box'];

export function createCopyShareBox({ guard, progress, fileShare }: CopyShareBoxServices) {
  return (input: CopyShareBox['input']): Promise<CopyShareBox['output']> =>
    asOutcome(async () => {
      const request = boxRequestSchema.parse(input);
      return guard(request.runId, async (signal) => {
        const onProgress = (files: number, bytes: number) => {
          progress.report(request.runId, { activity: `fileshare-${request.pass}`, files, bytes });
        };
        const { key, result } = await fileShare.copyBox(request, { signal, onProgress });
        return { result: key, next: result.next, finishedAt: result.finishedAt };
      });
    });
}

import type { ActivityMap } from '../contracts/activities';
import { finishBoxInputSchema, restoreBoxInputSchema, restoreRunSchema } from '../contracts/restore';
import { asOutcome } from '../errors/to-problem';
import type { RestoreBoxes, RestoredBox } from '../recovery/restore-boxes';
import type { ProgressReporter } from '../runs/progress-reporter';
import type { RestoreRecords } from '../runs/restore-records';
import type { RunGuard } from '../runs/run-guard';
import { fromHistory, toHistory } from './history-cursor';

export interface RestoreServices {
  /** Of the lock of restores. */
  readonly guard: RunGuard;
  readonly records: RestoreRecords;
  readonly progress: ProgressReporter;
  readonly boxes: RestoreBoxes;
  /** How many ranges are restored at once. */
  readonly width: number;
}

type Begin = ActivityMap['begin-restore'];
type Box = ActivityMap['restore-share-box'];
type Finish = ActivityMap['finish-restore-box'];

export function createBeginRestore({ guard, records, boxes, width }: RestoreServices) {
  return (input: Begin['input']): Promise<Begin['output']> =>
    asOutcome(async () => {
      const { runId } = restoreRunSchema.parse(input);
      return guard(runId, async () => ({ ...(await boxes.begin(await records.read(runId), width)), width }));
    });
}

export function createRestoreShareBox({ guard, records, progress, boxes }: RestoreServices) {
  return (input: Box['input']): Promise<Box['output']> =>
    asOutcome(async () => {
      const box = restoreBoxInputSchema.parse(input);
      const { runId, partition, partitions } = box;
      const activity = `fileshare-restore-${partition + 1}`;
      const subject = `file share, part ${partition + 1} of ${partitions}`;
      return guard(runId, async (signal) => {
        const onProgress = (files: number, bytes: number) => {
          progress.report(runId, { activity, subject, files, bytes });
        };
        const record = await records.read(runId);
        const done = await boxes.restoreBox(record, { ...box, cursor: cursorOf(box) }, { signal, onProgress });
        return keep({ records, done, runId, name: nameOf(`files-${digits(partition)}`, box) });
      });
    });
}

export function createFinishRestoreBox({ guard, records, boxes }: RestoreServices) {
  return (input: Finish['input']): Promise<Finish['output']> =>
    asOutcome(async () => {
      const box = finishBoxInputSchema.parse(input);
      const { runId, step } = box;
      return guard(runId, async (signal) => {
        const done = await boxes.finishBox(await records.read(runId), { ...box, cursor: cursorOf(box) }, signal);
        return keep({ records, done, runId, name: nameOf(step, box) });
      });
    });
}

interface Kept {
  readonly records: RestoreRecords;
  readonly done: RestoredBox;
  readonly runId: string;
  readonly name: string;
}

/** What a box did is too large for a history. */
async function keep({ records, done: { next, counts }, runId, name }: Kept): Promise<{ next: string | null }> {
  await records.writeBox(runId, name, counts);
  return { next: next === null ? null : toHistory(next) };
}

function cursorOf({ cursor }: { readonly cursor: string | null }): string | null {
  return cursor === null ? null : fromHistory(cursor);
}

function nameOf(kind: string, { box }: { readonly box: number }): string {
  return `${kind}-${digits(box)}`;
}

function digits(number: number): string {
  return String(number).padStart(6, '0');
}

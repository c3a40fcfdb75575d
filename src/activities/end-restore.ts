import type { ActivityMap, EndRestoreRequest } from '../contracts/activities';
import type { Problem } from '../contracts/outcome';
import type { RestoreRecord, RestoredCounts } from '../contracts/restore';
import { HubkeepError } from '../errors/hubkeep-error';
import { asOutcome, toProblem } from '../errors/to-problem';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { RestoreBoxes } from '../recovery/restore-boxes';
import { nothingRestored, sumRestored } from '../recovery/restore/sum-restored';
import type { ProgressReporter } from '../runs/progress-reporter';
import type { RestoreRecords } from '../runs/restore-records';
import type { RunLock } from '../runs/run-lock';

export interface EndRestoreServices {
  readonly lock: RunLock;
  readonly records: RestoreRecords;
  readonly progress: ProgressReporter;
  /** Nothing where no restore can run. */
  readonly boxes: Pick<RestoreBoxes, 'close'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

type EndRestore = ActivityMap['end-restore'];

/** The last thing of every restore, however it went: what it came to, its target, its record, its lock. */
export function createEndRestore({ lock, records, progress, boxes, clock, log }: EndRestoreServices) {
  async function restoredBy(runId: string): Promise<RestoredCounts> {
    let restored = nothingRestored;
    for await (const counts of records.boxes(runId)) restored = sumRestored(restored, counts);
    return restored;
  }

  /** An unfinished target keeps its marker, so that the same restore goes on from there. */
  function close(record: RestoreRecord): Problem[] {
    try {
      boxes?.close(record);
      return [];
    } catch (error) {
      return [toProblem(error)];
    }
  }

  async function endOf(record: RestoreRecord, { outcome, problems: before }: EndRestoreRequest): Promise<RestoreRecord> {
    const restored = await restoredBy(record.runId);
    const problems = [...before, ...(outcome === 'restored' ? [...close(record), ...nothingOf(record, restored)] : [])];
    const { count } = restored.notRestored;
    const whole = count === 0 ? 'complete' : 'partial';
    const status = outcome !== 'restored' ? outcome : problems.length > 0 ? 'failed' : whole;
    return { ...record, status, phase: 'ended', endedAt: clock.now().toISOString(), restored, problems };
  }

  return (input: EndRestore['input']): Promise<EndRestore['output']> =>
    asOutcome(async () => {
      const { runId } = input.run;
      const record = await records.read(runId);
      const ended = record.status === 'running' ? await endOf(record, input) : record;
      await records.write(ended);
      await lock.release(runId);
      progress.forget(runId);
      log[ended.status === 'complete' ? 'info' : 'error']('restore.end', { runId, status: ended.status });
      return { ended: ended.status };
    });
}

function nothingOf({ include }: RestoreRecord, restored: RestoredCounts): Problem[] {
  const { created, replaced, equal, kept, notRestored, directories, symlinks } = restored;
  const files = [created, replaced, equal, kept].reduce((sum, counted) => sum + counted.files, 0);
  if (include.length === 0 || files + notRestored.count + directories + symlinks > 0) return [];
  return [
    toProblem(
      new HubkeepError('restore.incomplete', `nothing in the share matches ${include.join(' ')}`, {
        hint: 'Paths are as in the share, with / between names: site1/** or **/web.config.',
      }),
    ),
  ];
}

import { messageOf } from '../errors/message-of';
import type { ActivityMap } from '../contracts/activities';
import type { RunSummary } from '../contracts/run';
import { codeOf } from '../errors/hubkeep-error';
import { asOutcome } from '../errors/to-problem';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { Notifier } from '../ports/notifier';
import { removeOrphans } from '../runs/orphans';
import type { ProgressReporter } from '../runs/progress-reporter';
import type { RunLock } from '../runs/run-lock';
import type { RunSummaries } from '../runs/run-summaries';

export interface EndRunServices {
  readonly lock: RunLock;
  readonly summaries: RunSummaries;
  readonly progress: ProgressReporter;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier | undefined;
  readonly stamp: string;
}

type EndRun = ActivityMap['end-run'];

/** The last thing of every run, however it went: summary, notice, lock, and what dead runs left behind. */
export function createEndRun(services: EndRunServices) {
  const { lock, summaries, progress, store, clock, log, notifier, stamp } = services;

  function summaryOf({ run, status, committed, problems, warnings }: EndRun['input']): RunSummary {
    return {
      runId: run.runId,
      status,
      phase: 'ended',
      components: run.components,
      trigger: run.trigger,
      ...(run.reason === undefined ? {} : { reason: run.reason }),
      hubkeepVersion: run.version,
      startedAt: run.startedAt,
      endedAt: clock.now().toISOString(),
      ...(committed ? { recoveryPoint: run.runId } : {}),
      problems,
      warnings,
    };
  }

  /** Neither a notice that is not taken nor a leftover that stays makes a good backup a bad one. @returns what went wrong. */
  async function leniently(what: string, runId: string, work: () => Promise<unknown>): Promise<string | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      log.warn(what, { runId, code: codeOf(error), reason: messageOf(error) });
      return messageOf(error);
    }
  }

  return (input: EndRun['input']): Promise<EndRun['output']> =>
    asOutcome(async () => {
      const { runId } = input.run;
      let summary = summaryOf(input);
      await summaries.write(summary);
      if (input.committed) await leniently('orphans.remove', runId, () => removeOrphans({ store, clock, runningId: runId }));
      await lock.release(runId);
      progress.forget(runId);
      log[summary.status === 'complete' ? 'info' : 'error']('run.end', { runId, status: summary.status });
      if (summary.status !== 'complete' && notifier !== undefined) {
        const unheard = await leniently('run.notify', runId, () => notifier.notify({ stamp, ...summary }));
        if (unheard !== undefined) {
          summary = { ...summary, warnings: [...summary.warnings, { code: 'run.notify', message: unheard }] };
          await summaries.write(summary);
        }
      }
      return { summary };
    });
}

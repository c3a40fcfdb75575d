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
import type { RunLock } from '../runs/run-lock';
import type { RunSummaries } from '../runs/run-summaries';

export interface EndRunServices {
  readonly lock: RunLock;
  readonly summaries: RunSummaries;
  /** Lets go of what this process still knows of the run. */
  readonly forget: (runId: string) => void;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier | undefined;
  readonly stamp: string;
}

type EndRun = ActivityMap['end-run'];

/** What dead runs left stays for days, and is looked for once a day; a nightly run may begin earlier than the night before. */
const cleanEveryMs = 20 * 60 * 60_000;

/** The last thing of every run, however it went: summary, notice, lock, and what dead runs left behind. */
export function createEndRun(services: EndRunServices) {
  const { lock, summaries, forget, store, clock, log, notifier, stamp } = services;

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

  /** @returns when, if what dead runs left is gone. */
  async function clean(runId: string): Promise<Date | undefined> {
    const now = clock.now();
    let cleanedAt: Date | undefined;
    await leniently('orphans.remove', runId, async () => {
      const last = await lock.cleanedAt(runId);
      if (last !== undefined && now.getTime() - last.getTime() < cleanEveryMs) return;
      await removeOrphans({ store, clock, runningId: runId });
      cleanedAt = now;
    });
    return cleanedAt;
  }

  return (input: EndRun['input']): Promise<EndRun['output']> =>
    asOutcome(async () => {
      const { runId } = input.run;
      let summary = summaryOf(input);
      await summaries.write(summary);
      await lock.release(runId, input.committed ? await clean(runId) : undefined);
      forget(runId);
      log[summary.status === 'complete' ? 'info' : 'error']('run.end', { runId, status: summary.status });
      if (isWorthNotice(summary) && notifier !== undefined) {
        const unheard = await leniently('run.notify', runId, () => notifier.notify({ stamp, ...summary }));
        if (unheard !== undefined) {
          summary = { ...summary, warnings: [...summary.warnings, { code: 'run.notify', message: unheard }] };
          await summaries.write(summary);
        }
      }
      return { summary };
    });
}

/**
 * Of a good night nothing is told, but that its secrets may be worth nothing, which nobody would notice before a restore, and
 * that files pile up on a server, which nobody would notice before its disk is full.
 */
function isWorthNotice({ status, warnings }: RunSummary): boolean {
  return status !== 'complete' || warnings.some(({ code }) => code.startsWith('secrets.') || code === 'sql.staging-left');
}

import { createHash, randomBytes } from 'node:crypto';
import type { Component } from '../contracts/components';
import type { RunRequest } from '../contracts/run';
import { runIdOf } from '../contracts/run-id';
import { hubkeepVersion } from '../contracts/version';
import { HubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { RunLock } from './run-lock';
import type { RunSummaries } from './run-summaries';

export interface StartRunOptions {
  readonly components: readonly Component[];
  readonly trigger: RunRequest['trigger'];
  readonly reason?: string | undefined;
  /** The schedule's slot, for a timer: the same slot is the same run, however often the timer fires. */
  readonly slot?: Date;
}

export interface RunStarterOptions {
  readonly lock: RunLock;
  readonly summaries: RunSummaries;
  readonly clock: Clock;
  readonly repositoryId: () => Promise<string>;
}

/** Takes the lock and hands the run to an engine. The loser of two starters is told which run is running. */
export function createRunStarter({ lock, summaries, clock, repositoryId }: RunStarterOptions) {
  async function runIdFor(startedAt: Date, slot: Date | undefined): Promise<string> {
    if (slot === undefined) return runIdOf(startedAt, randomBytes(2).toString('hex'));
    const known = createHash('sha256').update(`${await repositoryId()}${slot.toISOString()}`).digest('hex');
    return runIdOf(slot, known);
  }

  /** The process of that run is gone: nobody else will say so. */
  async function closeDeadRun(runId: string) {
    const summary = await summaries.find(runId);
    if (summary?.status !== 'running') return;
    const problem = { code: 'internal' as const, message: 'the process that ran it ended before it did' };
    await summaries.write({ ...summary, status: 'failed', phase: 'ended', endedAt: clock.now().toISOString(), problems: [...summary.problems, problem] });
  }

  /** @throws `run.busy` with the running id in `details.runId`; nothing was started then. */
  return async function startRun(options: StartRunOptions, start: (request: RunRequest) => Promise<void>): Promise<RunRequest> {
    const now = clock.now();
    const runId = await runIdFor(now, options.slot);
    if (options.slot !== undefined && (await summaries.find(runId)) !== undefined) {
      throw new HubkeepError('run.busy', `the run of this night, ${runId}, has been started before`, { details: { runId } });
    }
    const { fence, replaced } = await lock.acquire(runId);
    try {
      if (replaced !== undefined) await closeDeadRun(replaced);
      const request: RunRequest = {
        runId,
        version: hubkeepVersion,
        components: [...options.components],
        trigger: options.trigger,
        ...(options.reason === undefined ? {} : { reason: options.reason }),
        startedAt: now.toISOString(),
        fence,
      };
      await start(request);
      return request;
    } catch (error) {
      await lock.release(runId);
      throw error;
    }
  };
}

export type RunStarter = ReturnType<typeof createRunStarter>;

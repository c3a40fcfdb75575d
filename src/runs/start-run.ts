import { createHash, randomBytes } from 'node:crypto';
import type { Component } from '../contracts/components';
import type { RunRequest } from '../contracts/run';
import { runIdOf } from '../contracts/run-id';
import { hubkeepVersion } from '../contracts/version';
import { HubkeepError } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import type { Clock } from '../ports/clock';
import type { RunLock } from './run-lock';
import { firstSummary, type RunSummaries } from './run-summaries';

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
  /** True when the engine is in this process, so that nothing lies between starting and copying. */
  readonly beginsAtOnce: boolean;
}

/** Takes the lock and hands the run to an engine. The loser of two starters is told which run is running. */
export function createRunStarter({ lock, summaries, clock, repositoryId, beginsAtOnce }: RunStarterOptions) {
  /** The process of that run is gone: nobody else will say so. */
  async function closeDeadRun(runId: string) {
    const summary = await summaries.find(runId);
    if (summary?.status !== 'running') return;
    const problem = { code: 'internal' as const, message: 'the process that ran it ended before it did' };
    await summaries.write({
      ...summary,
      status: 'failed',
      phase: 'ended',
      endedAt: clock.now().toISOString(),
      problems: [...summary.problems, problem],
    });
  }

  /** One start in a slot, but for one that came to nothing. */
  async function refuseSecondStart(runId: string) {
    const earlier = await summaries.find(runId);
    if (earlier === undefined || (earlier.status === 'failed' && earlier.phase === 'starting')) return;
    throw new HubkeepError('run.busy', `the run of this night, ${runId}, has been started before`, { details: { runId } });
  }

  /** The first error is what counts: the store that failed the start may well fail this too. */
  async function giveUp(request: RunRequest, error: unknown) {
    try {
      await summaries.write({
        ...firstSummary(request, 'starting'),
        status: 'failed',
        endedAt: clock.now().toISOString(),
        problems: [toProblem(error)],
      });
    } finally {
      await lock.release(request.runId);
    }
  }

  /** @throws `run.busy` with the running id in `details.runId`; nothing was started then. */
  return async function startRun(options: StartRunOptions, start: (request: RunRequest) => Promise<void>): Promise<RunRequest> {
    const now = clock.now();
    // Opened for every run: the first one finds a store without the container that its lock lives in.
    const repository = await repositoryId();
    const runId =
      options.slot === undefined ? runIdOf(now, randomBytes(2).toString('hex')) : runIdOfSlot(repository, options.slot);
    if (options.slot !== undefined) await refuseSecondStart(runId);
    const { fence, replaced } = await lock.acquire(runId);
    const request: RunRequest = {
      runId,
      version: hubkeepVersion,
      components: [...options.components],
      trigger: options.trigger,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      startedAt: now.toISOString(),
      fence,
    };
    try {
      if (replaced !== undefined) await closeDeadRun(replaced);
      await summaries.write(firstSummary(request, beginsAtOnce ? 'copying' : 'starting'));
      await start(request);
      return request;
    } catch (error) {
      await giveUp(request, error).catch(() => undefined);
      throw error;
    }
  };
}

/** @param repository its id: two repositories with one schedule have different runs. */
function runIdOfSlot(repository: string, slot: Date): string {
  return runIdOf(slot, createHash('sha256').update(`${repository}${slot.toISOString()}`).digest('hex'));
}

export type RunStarter = ReturnType<typeof createRunStarter>;

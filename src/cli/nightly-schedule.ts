import { setTimeout as wait } from 'node:timers/promises';
import { Cron } from 'croner';
import type { Hubkeep } from '../compose';
import { messageOf } from '../errors/message-of';
import { scheduleOptions, slotOf } from '../triggers/nightly-slot';
import { createNightlyBackup } from '../triggers/timer-nightly-backup';
import type { WorkflowClient } from '../workflow/workflow-client';

export interface NightlySchedule {
  stop(): void;
}

export interface NightlyScheduleOptions {
  readonly hubkeep: Pick<Hubkeep, 'config' | 'clock' | 'log' | 'startRun' | 'summaries' | 'notifier'>;
  readonly engine: WorkflowClient;
  /** Between the tries to start one night; ten minutes when not given. */
  readonly pauseMs?: number;
}

/** A store that is away at this hour must not cost the night. */
const tries = 6;

/**
 * The nightly runs of a process that stays. A night that cannot be started is tried again for about an hour, and then told.
 * One that passed while no such process ran is made up for at the start, where there were runs before it.
 */
export function createNightlySchedule({ hubkeep, engine, pauseMs = 10 * 60_000 }: NightlyScheduleOptions): NightlySchedule {
  const { config, clock, log, summaries } = hubkeep;
  const startNightlyBackup = createNightlyBackup(hubkeep);
  let isStopped = false;

  async function startNight(): Promise<void> {
    for (let left = tries; left > 0 && !isStopped; left--) {
      try {
        return await startNightlyBackup(engine, { isLastTry: left === 1 });
      } catch {
        // It is in the log already. Nothing else may keep this process from ending.
        if (left > 1) await wait(pauseMs, undefined, { ref: false });
      }
    }
  }

  async function makeUp(): Promise<void> {
    const slot = slotOf(config.schedule, clock.now());
    const [newest] = await summaries.ids();
    if (newest === undefined) return;
    const { startedAt } = await summaries.read(newest);
    if (Date.parse(startedAt) >= slot.getTime()) return;
    log.warn('timer.missed', { slot: slot.toISOString(), newest });
    await startNight();
  }

  const cron = new Cron(config.schedule, scheduleOptions, () => void startNight());
  makeUp().catch((error: unknown) => log.error('timer.not-looked-back', { reason: messageOf(error) }));
  return {
    stop() {
      isStopped = true;
      cron.stop();
    },
  };
}

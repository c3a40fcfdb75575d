import { setTimeout as wait } from 'node:timers/promises';
import { Cron } from 'croner';
import type { Hubkeep } from '../compose';
import { messageOf } from '../errors/message-of';
import { scheduleOptions, slotOf } from '../triggers/nightly-slot';
import type { ScheduledTry } from '../triggers/not-started';
import { createDrillTimer } from '../triggers/timer-drill';
import { createNightlyBackup } from '../triggers/timer-nightly-backup';
import type { WorkflowClient } from '../workflow/workflow-client';

export interface Schedules {
  stop(): void;
}

export interface SchedulesOptions {
  readonly hubkeep: Pick<Hubkeep, 'config' | 'clock' | 'log' | 'startRun' | 'summaries' | 'drills' | 'notifier'>;
  readonly engine: WorkflowClient;
  /** Between the tries to start one slot; ten minutes when not given. */
  readonly pauseMs?: number;
}

/** A store that is away at this hour must not cost the night. */
const tries = 6;

/**
 * The nightly runs and the drills of a process that stays. What cannot be started is tried again for about an hour, and then
 * told. A night that passed while no such process ran is made up for at the start, where there were runs before it; a drill is
 * not, for the next one does as well.
 */
export function startSchedules({ hubkeep, engine, pauseMs = 10 * 60_000 }: SchedulesOptions): Schedules {
  const { config, clock, log, summaries } = hubkeep;
  const startNightlyBackup = createNightlyBackup(hubkeep);
  let isStopped = false;

  async function persist(start: (attempt: ScheduledTry) => Promise<void>): Promise<void> {
    for (let left = tries; left > 0 && !isStopped; left--) {
      try {
        return await start({ isLastTry: left === 1 });
      } catch {
        // It is in the log already. Nothing else may keep this process from ending.
        if (left > 1) await wait(pauseMs, undefined, { ref: false });
      }
    }
  }

  const startNight = () => persist((attempt) => startNightlyBackup(engine, attempt));

  async function makeUp(): Promise<void> {
    const slot = slotOf(config.schedule, clock.now());
    const [newest] = await summaries.ids();
    if (newest === undefined) return;
    const { startedAt } = await summaries.read(newest);
    if (Date.parse(startedAt) >= slot.getTime()) return;
    log.warn('timer.missed', { slot: slot.toISOString(), newest });
    await startNight();
  }

  const crons = [new Cron(config.schedule, scheduleOptions, () => void startNight())];
  const { schedule: drillSchedule } = config.drill;
  if (drillSchedule !== undefined) {
    const startDrill = createDrillTimer(hubkeep, drillSchedule);
    crons.push(new Cron(drillSchedule, scheduleOptions, () => void persist((attempt) => startDrill(engine, attempt))));
  }
  makeUp().catch((error: unknown) => log.error('timer.not-looked-back', { reason: messageOf(error) }));
  return {
    stop() {
      isStopped = true;
      for (const cron of crons) cron.stop();
    },
  };
}

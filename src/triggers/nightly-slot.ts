import { Cron } from 'croner';

/** Hosts fire by their own clock, which may be a little ahead of ours: without this the slot of the night before would be found. */
const earlyMs = 30_000;

/** A schedule as Azure Functions reads it: six fields, UTC, and a day must match both its month field and its weekday field. */
export const scheduleOptions = { mode: '6-part', timezone: 'UTC', domAndDow: true } as const;

/** The time that a timer firing now was meant for: the same for every host and every firing of one night. */
export function slotOf(schedule: string, now: Date): Date {
  const cron = new Cron(schedule, { ...scheduleOptions, paused: true });
  // Runs before a time do not include one at that very time, and the last millisecond of a second counts as the second.
  const [slot] = cron.previousRuns(1, new Date(now.getTime() + earlyMs + 1));
  if (slot === undefined) throw new Error(`The schedule ${schedule} has never come.`);
  return slot;
}

/** Nothing for a schedule that will not come again. */
export function nextSlotAfter(schedule: string, now: Date): Date | undefined {
  return new Cron(schedule, { ...scheduleOptions, paused: true }).nextRun(now) ?? undefined;
}

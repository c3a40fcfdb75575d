import { codeOf } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { toProblem } from '../errors/to-problem';
import type { ApiServices } from './api-services';

/** One of several tries to start what a schedule asks for. */
export interface ScheduledTry {
  /** Whether nobody tries again for this slot: then the operator is told. */
  readonly isLastTry: boolean;
}

export interface NotStarted extends ScheduledTry {
  readonly what: 'backup' | 'drill';
  readonly slot: Date;
  readonly error: unknown;
}

const events = { backup: 'timer.not-started', drill: 'drill.not-started' } as const;

type NoticeServices = Pick<ApiServices, 'config' | 'log' | 'notifier'>;

/** Notes that a slot could not be started, and tells the operator when that was the last try. Never fails. */
export async function noteNotStarted({ config, log, notifier }: NoticeServices, failure: NotStarted): Promise<void> {
  const { what, error, isLastTry } = failure;
  const slot = failure.slot.toISOString();
  log.error(events[what], { slot, code: codeOf(error), reason: messageOf(error) });
  if (!isLastTry) return;
  const document = { stamp: config.stampName, what, status: 'not-started', slot, problem: toProblem(error) };
  await notifier?.notify(document).catch((unheard: unknown) => log.error('timer.notify', { reason: messageOf(unheard) }));
}

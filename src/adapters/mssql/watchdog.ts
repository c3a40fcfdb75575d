import { HubkeepError } from '../../errors/hubkeep-error';

export interface WatchdogOptions {
  readonly signal?: AbortSignal;
  readonly stallMs?: number;
  /** Asks the server to stop. */
  readonly stop: () => void;
  /** Called when the server does not confirm the stop: the connection is of no use any more. */
  readonly abandon: () => void;
}

/** Stops a statement when its signal aborts or when nothing was heard of it for too long. */
export interface Watchdog {
  alive(): void;
  /** Why the statement was stopped, if it was. */
  reason(): HubkeepError | undefined;
  /** The work's result; or, when a stopped statement does not even confirm the stop, the reason. */
  race<T>(work: Promise<T>): Promise<T>;
  stop(): void;
}

const confirmationMs = 10_000;

export function createWatchdog(options: WatchdogOptions): Watchdog {
  let reason: HubkeepError | undefined;
  let silence: NodeJS.Timeout | undefined;
  let confirmation: NodeJS.Timeout | undefined;
  const unconfirmed = Promise.withResolvers<never>();
  unconfirmed.promise.catch(() => undefined);

  const interrupt = (why: HubkeepError) => {
    if (reason !== undefined) return;
    reason = why;
    clearTimeout(silence);
    options.stop();
    confirmation = setTimeout(() => {
      unconfirmed.reject(why);
      options.abandon();
    }, confirmationMs);
  };
  const onAbort = () => interrupt(cancelled());
  const alive = () => {
    clearTimeout(silence);
    if (reason !== undefined || options.stallMs === undefined) return;
    const { stallMs } = options;
    silence = setTimeout(() => interrupt(stalled(stallMs)), stallMs);
  };
  options.signal?.addEventListener('abort', onAbort, { once: true });
  alive();

  return {
    alive,
    reason: () => reason,
    race: (work) => Promise.race([work, unconfirmed.promise]),
    stop() {
      clearTimeout(silence);
      clearTimeout(confirmation);
      options.signal?.removeEventListener('abort', onAbort);
    },
  };
}

export function cancelled(): HubkeepError {
  return new HubkeepError('run.cancelled', 'The statement was cancelled');
}

function stalled(stallMs: number): HubkeepError {
  return new HubkeepError('sql.stalled', `SQL Server said nothing for ${Math.round(stallMs / 1000)} s`, {
    hint: 'Look at sys.dm_exec_requests and the SQL Server error log: a backup that waits usually waits for its disk.',
    retryable: true,
  });
}

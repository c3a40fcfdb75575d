import { openSession, type Session, type SessionOptions } from './session';
import { SmbError } from './smb-error';

export interface SessionsOptions extends SessionOptions {
  /** How many there may be at once. */
  readonly connections: number;
}

/** Calls underway on one connection from which on another one helps. */
const busy = 6;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** Sessions to one share, opened as they are needed and again when they were lost. */
export interface Sessions {
  /** The one with least to do; to be waited for only where there is none yet. */
  take(): Session | Promise<Session>;
  close(): void;
}

/**
 * What fails is not tried again at once, and a sign-in that was refused never: each further one brings the account nearer to
 * being locked.
 */
export function createSessions(options: SessionsOptions): Sessions {
  let live: Session[] = [];
  let opening: Promise<Session> | undefined;
  let refusal: { readonly error: unknown; readonly until: number } | undefined;
  let pauseMs = firstPauseMs;
  let isClosed = false;

  function mayTry(): boolean {
    return refusal === undefined || performance.now() >= refusal.until;
  }

  function leastBusy(): Session | undefined {
    if (live.some(isLost)) live = live.filter((session) => !isLost(session));
    let least = live[0];
    for (const session of live) {
      if (least !== undefined && session.connection.load() < least.connection.load()) least = session;
    }
    return least;
  }

  async function open(): Promise<Session> {
    try {
      const session = await openSession(options);
      if (isClosed) session.connection.fail(closed(options));
      live.push(session);
      refusal = undefined;
      pauseMs = firstPauseMs;
      return session;
    } catch (error) {
      const isFinal = error instanceof SmbError && error.kind === 'login-refused';
      refusal = { error, until: isFinal ? Infinity : performance.now() + pauseMs };
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      throw error;
    } finally {
      opening = undefined;
    }
  }

  return {
    take() {
      if (isClosed) throw closed(options);
      const least = leastBusy();
      if (least === undefined) {
        if (opening === undefined && refusal !== undefined && !mayTry()) throw refusal.error;
        opening ??= open();
        return opening;
      }
      if (least.connection.load() >= busy && live.length < options.connections && opening === undefined && mayTry()) {
        opening = open();
        // The ones there are go on without it.
        opening.catch(() => undefined);
      }
      return least;
    },
    close() {
      isClosed = true;
      for (const { connection } of live) connection.fail(closed(options));
      live = [];
    },
  };
}

function isLost({ connection }: Session): boolean {
  return connection.failure() !== undefined;
}

function closed({ host, share }: SessionsOptions): SmbError {
  return new SmbError('closed', `\\\\${host}\\${share} was closed`);
}

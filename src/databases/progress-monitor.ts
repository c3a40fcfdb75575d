import type { SqlRow, SqlSession } from '../ports/sql-server';
import { applicationName } from './open-locked-session';
import type { WatchedWork } from './run-watched';
import { findProgress } from './statements';

export interface SeenProgress {
  readonly percent: number;
  readonly secondsLeft: number | undefined;
}

/** After a failure the second connection is left alone this long. */
const restMs = 60_000;

/** A second connection that looks at what the first one runs. It opens when first asked, and never fails. */
export function openProgressMonitor({ parts, request }: Pick<WatchedWork, 'parts' | 'request'>, sessionId: number) {
  let session: SqlSession | undefined;
  let restsUntil = 0;

  async function close() {
    await session?.close();
    session = undefined;
  }

  return {
    /** Undefined when nothing runs, or when SQL_USER may not see it. */
    async look(): Promise<SeenProgress | undefined> {
      if (parts.clock.now().getTime() < restsUntil) return undefined;
      try {
        session ??= await parts.sql.connect(request.server, { applicationName: `${applicationName(request)} progress` });
        const [row] = await session.query(findProgress, { sessionId });
        return row === undefined ? undefined : toProgress(row);
      } catch {
        await close();
        restsUntil = parts.clock.now().getTime() + restMs;
        return undefined;
      }
    },
    close,
  };
}

/** Until the server has an estimate it says 0. */
export function toProgress(row: SqlRow): SeenProgress {
  const millisecondsLeft = Number(row['millisecondsLeft'] ?? 0);
  return {
    percent: Number(row['percentComplete'] ?? 0),
    secondsLeft: millisecondsLeft > 0 ? Math.round(millisecondsLeft / 1000) : undefined,
  };
}

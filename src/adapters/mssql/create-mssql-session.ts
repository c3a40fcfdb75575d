import type { ConnectionPool, IResult, Request } from 'mssql';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { ExecuteOptions, SqlRow, SqlSession } from '../../ports/sql-server';
import type { ConnectionGuard } from './connection-guard';
import { translateStatementError } from './translate-error';
import { cancelled, createWatchdog } from './watchdog';

export interface SessionParts {
  readonly pool: ConnectionPool;
  readonly guard: ConnectionGuard;
  readonly server: string;
}

/** Questions to the catalog answer at once or not at all. */
const queryStallMs = 60_000;

export function createMssqlSession(parts: SessionParts): SqlSession {
  return {
    async query(statement, parameters = {}) {
      const result = await run(parts, { stallMs: queryStallMs }, (request) => {
        for (const [name, value] of Object.entries(parameters)) request.input(name, value);
        return request.query<SqlRow>(statement);
      });
      return [...(result.recordsets.at(-1) ?? [])];
    },
    async execute(statement, options = {}) {
      await run(parts, options, (request) => request.batch(statement));
    },
    async close() {
      parts.guard.close();
      await parts.pool.close().catch(() => undefined);
    },
  };
}

async function run<T>(
  parts: SessionParts,
  options: ExecuteOptions,
  start: (request: Request) => Promise<IResult<T>>,
): Promise<IResult<T>> {
  const { pool, guard, server } = parts;
  if (options.signal?.aborted === true) throw cancelled();
  if (guard.isLost()) {
    throw new HubkeepError('sql.connection-lost', `The connection to SQL Server ${server} was lost`, { retryable: true });
  }
  const request = pool.request();
  const watchdog = createWatchdog({ ...options, stop: () => request.cancel(), abandon: guard.close });
  request.on('info', (message: { number: number; message: string }) => {
    watchdog.alive();
    options.onMessage?.({ number: message.number, text: message.message });
  });
  try {
    return await watchdog.race(start(request));
  } catch (error) {
    const translated = translateStatementError(watchdog.reason() ?? error, server);
    if (translated.code === 'sql.connection-lost') guard.markLost();
    throw translated;
  } finally {
    watchdog.stop();
  }
}

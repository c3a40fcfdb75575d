import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionPool, type config as MssqlConfig } from 'mssql';
import { startSqlServer, type RunningSqlServer, type SqlServerOptions } from '../../../sandbox/sql-server/start-sql-server';

export const login = { name: 'sa', password: 'P@ss;w"ö{r}d 1' };

/** Starts servers and clients, and ends all of them after the test. */
export function createSandbox() {
  const endings: (() => unknown)[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-sql-'));
  endings.push(() => rmSync(directory, { recursive: true, force: true }));
  return {
    directory,
    async server(options: Partial<SqlServerOptions> = {}): Promise<RunningSqlServer> {
      const server = await startSqlServer({ directory, logins: [login], ...options });
      endings.push(() => server.close());
      return server;
    },
    async client(server: RunningSqlServer, options: Partial<MssqlConfig> = {}): Promise<ConnectionPool> {
      const pool = new ConnectionPool({
        server: '127.0.0.1',
        port: server.port,
        user: login.name,
        password: login.password,
        pool: { max: 1 },
        ...options,
        options: { encrypt: false, trustServerCertificate: true, ...options.options },
      });
      endings.push(() => pool.close());
      return pool.connect();
    },
    /** Runs when the test ends, before what was started earlier. */
    defer: (ending: () => unknown) => void endings.push(ending),
    async end() {
      for (const ending of endings.splice(0).toReversed()) await ending();
    },
  };
}

export type Sandbox = ReturnType<typeof createSandbox>;

/** The error that a promise ends with; fails when it does not. */
export async function errorOf(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error as Error & Record<string, unknown>;
  throw new Error('The call succeeded; it should have failed');
}

import { ConnectionPool, type config as MssqlConfig } from 'mssql';
import type { ConnectOptions, SqlServer } from '../../ports/sql-server';
import { createConnectionGuard } from './connection-guard';
import { createMssqlSession } from './create-mssql-session';
import { parseServer } from './parse-server';
import { translateConnectError } from './translate-error';

export interface MssqlSettings {
  readonly user: string;
  readonly password: string;
  readonly encrypt: boolean;
  readonly trustServerCertificate: boolean;
  /** PEM of certificate authorities to trust besides those of the system. */
  readonly ca?: string;
  readonly connectTimeoutMs?: number;
}

const defaultConnectTimeoutMs = 15_000;
/** Longer than any run: the one connection must outlive quiet hours, its application lock lives on it. */
const idleTimeoutMs = 7 * 24 * 3_600_000;

export function createMssqlServer(settings: MssqlSettings): SqlServer {
  return {
    async connect(server, options = {}) {
      const guard = createConnectionGuard();
      try {
        const pool = new ConnectionPool({ ...configOf(settings, server, options), beforeConnect: guard.beforeConnect });
        pool.on('error', guard.markLost);
        await pool.connect();
        const session = createMssqlSession({ pool, guard, server });
        await session.query('SELECT 1');
        return session;
      } catch (error) {
        throw translateConnectError(error, server);
      }
    },
  };
}

function configOf(settings: MssqlSettings, server: string, options: ConnectOptions): MssqlConfig {
  const address = parseServer(server);
  return {
    server: address.host,
    ...(address.port === undefined ? {} : { port: address.port }),
    user: settings.user,
    password: settings.password,
    database: 'master',
    connectionTimeout: settings.connectTimeoutMs ?? defaultConnectTimeoutMs,
    // The driver stops this clock at the first packet of an answer; the session has its own watchdog.
    requestTimeout: 0,
    pool: { min: 1, max: 1, idleTimeoutMillis: idleTimeoutMs },
    options: {
      encrypt: settings.encrypt,
      trustServerCertificate: settings.trustServerCertificate,
      appName: options.applicationName ?? 'Hubkeep',
      ...(address.instance === undefined ? {} : { instanceName: address.instance }),
      ...(settings.ca === undefined ? {} : { cryptoCredentialsDetails: { ca: settings.ca } }),
    },
  };
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningSqlServer, SqlServerOptions } from '../../sandbox/sql-server/start-sql-server';
import { createLocalStaging } from '../../src/adapters/local-staging/create-local-staging';
import { createMssqlServer } from '../../src/adapters/mssql/create-mssql-server';
import { createSystemClock } from '../../src/adapters/system-clock';
import { createDatabaseBackups, type DatabaseBackups } from '../../src/databases/back-up-database';
import type { DatabaseBackupParts } from '../../src/databases/backup-parts';
import { createDiskRoad, type DiskRoadParts } from '../../src/databases/disk-road';
import { fillServerPlaceholder } from '../../src/databases/staging-names';
import type { WritableStaging } from '../../src/ports/staging-files';
import type { Clock } from '../../src/ports/clock';
import { login, type Sandbox } from '../sandbox/sql-server/support';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { silentLog } from '../support/silent-log';

export const runId = '20261122T020000Z-7f3a';

/** Real time, with waits cut short. */
export function createHastyClock(): Clock {
  const clock = createSystemClock();
  return { now: clock.now, sleep: (ms, signal) => clock.sleep(Math.min(ms, 50), signal) };
}

/** Of a directory that Hubkeep writes to as well. */
export type BenchParts = DatabaseBackupParts & DiskRoadParts & { readonly staging: WritableStaging };

export interface Bench {
  readonly server: RunningSqlServer;
  readonly address: string;
  /** The local directory in which staged files lie. */
  readonly staging: string;
  readonly parts: BenchParts;
  readonly databases: DatabaseBackups;
}

/** A whole vertical: pretend server, staging directory that the server calls by a Windows path, store in memory. */
export async function createBench(
  sandbox: Sandbox,
  options: Partial<SqlServerOptions> = {},
  changes: Partial<BenchParts> = {},
): Promise<Bench> {
  const staging = join(sandbox.directory, 'staging');
  mkdirSync(staging, { recursive: true });
  const server = await sandbox.server({ mounts: { 'D:\\Backup\\': `${staging}/` }, timeZone: 4, ...options });
  const parts: BenchParts = {
    sql: createMssqlServer({ user: login.name, password: login.password, encrypt: false, trustServerCertificate: false }),
    staging: createLocalStaging((name) => fillServerPlaceholder(staging, name)),
    store: createMemoryBlobStore(),
    clock: createHastyClock(),
    log: silentLog,
    backupDirectory: 'D:\\Backup',
    ...changes,
  };
  return {
    server,
    address: `127.0.0.1:${server.port}`,
    staging,
    parts,
    databases: createDatabaseBackups(parts, createDiskRoad(parts)),
  };
}

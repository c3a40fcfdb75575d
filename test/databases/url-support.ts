import type { Azurite } from '../../sandbox/azurite';
import type { RunningSqlServer, SqlServerOptions } from '../../sandbox/sql-server/start-sql-server';
import { createAzureBackupContainer } from '../../src/adapters/azure-blob/azure-backup-container';
import { createMssqlServer } from '../../src/adapters/mssql/create-mssql-server';
import { createDatabaseBackups, type DatabaseBackups } from '../../src/databases/back-up-database';
import { createBackupCredentials, type BackupCredentials } from '../../src/databases/backup-credentials';
import type { DatabaseBackupParts } from '../../src/databases/backup-parts';
import { createUrlRoad } from '../../src/databases/url-road';
import type { BackupContainer } from '../../src/ports/backup-container';
import { login, type Sandbox } from '../sandbox/sql-server/support';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { silentLog } from '../support/silent-log';
import { createHastyClock } from './support';

export interface UrlBench {
  readonly server: RunningSqlServer;
  readonly address: string;
  readonly container: BackupContainer;
  readonly credentials: BackupCredentials;
  readonly databases: DatabaseBackups;
  readonly parts: DatabaseBackupParts;
}

let number = 0;

/** A pretend server that writes into a container of a real Azurite, one of its own for each bench. */
export async function createUrlBench(
  sandbox: Sandbox,
  azurite: Azurite,
  { server: options = {}, ...changes }: Partial<DatabaseBackupParts> & { readonly server?: Partial<SqlServerOptions> } = {},
): Promise<UrlBench> {
  const server = await sandbox.server(options);
  const clock = createHastyClock();
  const parts: DatabaseBackupParts = {
    sql: createMssqlServer({ user: login.name, password: login.password, encrypt: false, trustServerCertificate: false }),
    store: createMemoryBlobStore(),
    clock,
    log: silentLog,
    ...changes,
  };
  const container = createAzureBackupContainer(azurite, `bench${++number}-sql`, { clock });
  return {
    server,
    address: `127.0.0.1:${server.port}`,
    container,
    credentials: createBackupCredentials({ ...parts, container }),
    databases: createDatabaseBackups(parts, createUrlRoad({ container, log: silentLog })),
    parts,
  };
}

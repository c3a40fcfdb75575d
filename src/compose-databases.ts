/** The part of the composition that is of the databases. */
import { createBackUpDatabase } from './activities/back-up-database';
import { createGiveCredential } from './activities/give-credential';
import { notConfigured } from './activities/not-configured';
import { createRemoveStaging } from './activities/remove-staging';
import { createRouteDatabases } from './activities/route-databases';
import { createTakeCredential } from './activities/take-credential';
import { createLocalStaging } from './adapters/local-staging/create-local-staging';
import type { SmbFilesOptions } from './adapters/smb-share/smb-files';
import { createSmbStaging } from './adapters/smb-share/smb-staging';
import type { Config } from './config/config';
import type { SmbSource } from './config/smb-source';
import type { SqlConfig, SqlLoginConfig, SqlRestoreConfig } from './config/sql-config';
import { createDatabaseBackups } from './databases/back-up-database';
import { createBackupCredentials } from './databases/backup-credentials';
import { createDatabaseDrill, type DatabaseDrill } from './databases/drill-databases';
import { createDiskRoad } from './databases/disk-road';
import { removedByServer } from './databases/removed-by-server';
import { createServerRestores, type ServerRestores } from './databases/restore-to-server';
import { createDatabaseRoutes } from './databases/routing/route-databases';
import { fillServerPlaceholder } from './databases/staging-names';
import { createUrlRoad } from './databases/url-road';
import { lateAdapters } from './late-adapters';
import type { BackupContainer } from './ports/backup-container';
import type { BlobStore } from './ports/blob-store';
import type { Clock } from './ports/clock';
import type { Log } from './ports/log';
import type { SqlServer } from './ports/sql-server';
import type { ProgressReporter } from './runs/progress-reporter';
import type { RunGuard } from './runs/run-guard';

interface DatabaseServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: BlobStore;
  /** Where SQL Server writes to by itself. */
  readonly backupContainer: BackupContainer;
  readonly guard: RunGuard;
  readonly progress: ProgressReporter;
}

export function databaseActivities(services: DatabaseServices) {
  const { config, guard, progress, clock, log, backupContainer: container, store } = services;
  const { sql } = config;
  if (sql === undefined) {
    return {
      'route-databases': notConfigured('databases', 'SQL_SERVERS'),
      'give-credential': notConfigured('databases', 'SQL_SERVERS'),
      'back-up-database': notConfigured('databases', 'SQL_SERVERS'),
      'take-credential': notConfigured('databases', 'SQL_SERVERS'),
      'remove-staging': notConfigured('databases', 'SQL_SERVERS'),
    };
  }
  const server = sqlServerOf(sql);
  const timeoutMs = sql.timeoutHours * 3_600_000;
  const credentials = createBackupCredentials({ sql: server, container, clock, timeoutMs });
  const { road, removeStaging } = roadOf(services, sql, server);
  const databases = createDatabaseBackups(
    { sql: server, store, clock, log, stripes: sql.stripes, stallMs: sql.stallMinutes * 60_000, timeoutMs },
    road,
  );
  const routes = createDatabaseRoutes({ sql: server, log, servers: sql.servers, databases: sql.databases });
  return {
    'route-databases': createRouteDatabases({ guard, routes, road: road.kind }),
    'give-credential': createGiveCredential({ guard, credentials }),
    'back-up-database': createBackUpDatabase({ guard, progress, databases }),
    'take-credential': createTakeCredential({ credentials }),
    'remove-staging': removeStaging,
  };
}

function roadOf(
  { store, clock, log, backupContainer: container }: DatabaseServices,
  { road, stallMinutes }: SqlConfig,
  sql: SqlServer,
) {
  if (road.kind === 'url') {
    return { road: createUrlRoad({ container, log }), removeStaging: createRemoveStaging({ staging: undefined }) };
  }
  const { directory: backupDirectory, local } = road;
  const stallMs = stallMinutes * 60_000;
  const remote = { sql, backupDirectory, stallMs };
  const staging =
    local.kind === 'path'
      ? createLocalStaging((server) => fillServerPlaceholder(local.path, server))
      : removedByServer(createSmbStaging({ placeOf: (server) => placeFor(local, server), clock }), remote);
  return {
    road: createDiskRoad({ staging, store, clock, log, backupDirectory }),
    removeStaging: createRemoveStaging({ staging }),
  };
}

function placeFor(source: SmbSource, server: string): SmbFilesOptions {
  const fill = (part: string) => fillServerPlaceholder(part, server);
  return { ...source, host: fill(source.host), share: fill(source.share), directory: fill(source.directory) };
}

type RestoreServices = Pick<DatabaseServices, 'config' | 'clock' | 'log' | 'store' | 'backupContainer'>;

/** Nothing without SQL_USER and SQL_PASSWORD. */
export function openServerRestores({ config: { sqlRestore }, ...services }: RestoreServices): ServerRestores | undefined {
  return sqlRestore && serverRestoresOf(sqlRestore, services);
}

/** Says that it is not configured without DRILL_SQL_SERVER and a login. */
export function openDatabaseDrill({ config: { drillSql }, ...services }: RestoreServices): DatabaseDrill {
  if (drillSql === undefined) return createDatabaseDrill(undefined);
  const { store, clock, log } = services;
  return createDatabaseDrill({
    ...{ store, clock, log, server: drillSql.server, timeoutMs: drillSql.timeoutHours * 3_600_000 },
    sql: sqlServerOf(drillSql),
    restores: serverRestoresOf(drillSql, services),
  });
}

function serverRestoresOf(
  restore: SqlRestoreConfig,
  { store, clock, log, backupContainer: container }: Omit<RestoreServices, 'config'>,
) {
  const sql = sqlServerOf(restore);
  const timeoutMs = restore.timeoutHours * 3_600_000;
  const { staging, stagingIsReadOnly, prefersUrl } = restore;
  return createServerRestores({
    ...{ sql, store, clock, log, container, timeoutMs, prefersUrl, stagingIsReadOnly },
    stallMs: restore.stallMinutes * 60_000,
    credentials: createBackupCredentials({ sql, container, clock, timeoutMs }),
    staging: staging && {
      files: createLocalStaging((server) => fillServerPlaceholder(staging.directoryLocal, server)),
      directory: staging.directory,
    },
  });
}

/** The driver is loaded with the first connection: most commands make none. */
function sqlServerOf({ user, password, encrypt, trustServerCertificate }: SqlLoginConfig): SqlServer {
  let server: SqlServer | undefined;
  return {
    connect(address, options) {
      server ??= lateAdapters.mssql().createMssqlServer({ user, password, encrypt, trustServerCertificate });
      return server.connect(address, options);
    },
  };
}

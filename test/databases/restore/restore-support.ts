import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseOptions } from '../../../sandbox/sql-server/engine/databases';
import type { RunningSqlServer, SqlServerOptions } from '../../../sandbox/sql-server/start-sql-server';
import { createLocalStaging } from '../../../src/adapters/local-staging/create-local-staging';
import type { DatabaseBackup } from '../../../src/contracts/database-backup';
import { createBackupCredentials } from '../../../src/databases/backup-credentials';
import type { DrillPoint } from '../../../src/databases/drill-databases';
import type { RestoreParts, RestorePlan, RestoreRequest } from '../../../src/databases/restore-parts';
import { createServerRestores, type ServerRestores } from '../../../src/databases/restore-to-server';
import { createAzureBackupContainer } from '../../../src/adapters/azure-blob/azure-backup-container';
import type { Sandbox } from '../../sandbox/sql-server/support';
import { createBench, runId, type Bench } from '../support';

const mib = 1024 * 1024;

export const hosting = {
  name: 'appservice_hosting',
  size: 3 * mib,
  contained: true,
  users: [{ name: 'appservice_hosting_HostingAdmin', authentication: 'DATABASE' }],
  tables: { 'dbo.Sites': 42, 'dbo.Workers': 3 },
} satisfies DatabaseOptions;

export const metering = { name: 'appservice_metering', size: mib, tables: { 'dbo.Usage': 7 } } satisfies DatabaseOptions;

/** A server that backups were taken from, and another one that reads a directory of its own. */
export interface RestoreBench {
  readonly source: Bench;
  readonly target: RunningSqlServer;
  readonly address: string;
  /** The directory in which the target reads backups, as the test sees it. */
  readonly staging: string;
  readonly parts: RestoreParts;
  readonly restores: ServerRestores;
  backUp(database?: string): Promise<DatabaseBackup>;
  plan(backups: readonly DatabaseBackup[], changes?: Partial<RestoreRequest>): Promise<RestorePlan>;
  /** Plans and restores the only one, or the first. */
  restore(backups: readonly DatabaseBackup[], changes?: Partial<RestoreRequest>): ReturnType<ServerRestores['restore']>;
}

export interface RestoreBenchOptions {
  readonly source?: Partial<SqlServerOptions>;
  readonly target?: Partial<SqlServerOptions>;
  readonly stripes?: number;
  readonly parts?: Partial<RestoreParts>;
}

/** No one is there: for tests in which no backup lies in a container. */
const nowhere = { accountUrl: 'http://127.0.0.1:9/nobody', sas: 'sig=none' };

export async function createRestoreBench(sandbox: Sandbox, options: RestoreBenchOptions = {}): Promise<RestoreBench> {
  const source = await createBench(
    sandbox,
    { name: 'SOURCE', databases: [hosting, metering], ...options.source },
    options.stripes === undefined ? {} : { stripes: options.stripes },
  );
  const staging = join(sandbox.directory, 'target-staging');
  mkdirSync(staging, { recursive: true });
  const target = await sandbox.server({ name: 'TARGET', mounts: { 'E:\\Restore\\': `${staging}/` }, ...options.target });
  const { sql, store, clock, log } = source.parts;
  const container = createAzureBackupContainer(nowhere, 'hubkeep-sql', { clock });
  const parts: RestoreParts = {
    ...{ sql, store, clock, log, container, prefersUrl: false },
    credentials: createBackupCredentials({ sql, container, clock }),
    staging: { files: createLocalStaging(() => staging), directory: 'E:\\Restore' },
    ...options.parts,
  };
  const restores = createServerRestores(parts);
  const address = `127.0.0.1:${target.port}`;
  const plan: RestoreBench['plan'] = (backups, changes = {}) =>
    restores.plan({
      ...{ server: address, replace: false },
      items: backups.map((backup) => ({ backup, target: backup.database })),
      ...changes,
    });
  return {
    ...{ source, target, address, staging, parts, restores, plan },
    backUp: async (database = hosting.name) =>
      (await source.databases.backUp({ runId, server: source.address, database })).backup,
    async restore(backups, changes) {
      const planned = await plan(backups, changes);
      return restores.restore({ plan: planned, item: planned.items[0]!, control: {} });
    },
  };
}

/** A recovery point that has these backups. */
export function pointOf(backups: readonly DatabaseBackup[]): DrillPoint {
  return {
    id: runId,
    databases: { status: 'succeeded', items: backups.map((backup) => ({ status: 'succeeded', ...backup })) },
  };
}

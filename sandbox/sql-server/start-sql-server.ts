import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createAppLocks } from './engine/app-locks';
import { groupDatabase, type AvailabilityGroup, type Member, type ReplicaOptions } from './engine/availability-group';
import { createBackupHistory, recordLogBackup, type BackupHistory } from './engine/backup-history';
import { createCredentials } from './engine/credentials';
import { createDatabases, type DatabaseOptions, type Databases } from './engine/databases';
import { createFaults, type Fault, type Faults } from './engine/faults';
import { openSession } from './engine/open-session';
import type { ServerLogin } from './engine/permissions';
import { localNow, type Edition, type ServerState, type UrlBackups } from './engine/server-state';
import type { EncryptionPolicy } from './tds/prelogin';
import type { TlsFiles } from './tds/prelogin-tls';
import type { SessionHost } from './tds/client';
import { serveSession } from './tds/session';

export interface SqlServerOptions {
  /** A free port unless given. Listens on 127.0.0.1 only. */
  readonly port?: number;
  /** Where backups with a relative path go. */
  readonly directory: string;
  /** Paths as clients name them, to the local directories they stand for. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly logins: readonly ServerLogin[];
  readonly tls?: TlsFiles;
  /** `optional` with `tls`, otherwise `off`. */
  readonly encryption?: EncryptionPolicy;
  readonly databases?: readonly DatabaseOptions[];
  readonly faults?: readonly Fault[];
  readonly edition?: Edition;
  /** `16.0.4125.3` unless given. */
  readonly version?: string;
  /** `RTM` unless given. */
  readonly productLevel?: string;
  readonly productUpdateLevel?: string;
  /** `SANDBOX-SQL` unless given. */
  readonly name?: string;
  /** Values of sys.configurations beside the defaults, or instead of them. */
  readonly configurations?: Readonly<Record<string, number>>;
  /** Local time less UTC in quarters of an hour. */
  readonly timeZone?: number;
  /** How long a BACKUP takes at least; as fast as possible unless given. */
  readonly backupMs?: number;
  readonly url?: Partial<UrlBackups>;
  /** Of which this server is a replica, the first one the primary. */
  readonly availabilityGroup?: AvailabilityGroup;
  readonly replica?: ReplicaOptions;
  /** Told the local path of every backup file once it is whole and before the client hears of it. */
  readonly onBackup?: (file: string) => void;
}

export interface RunningSqlServer {
  readonly port: number;
  readonly databases: Databases;
  readonly history: BackupHistory;
  readonly faults: Faults;
  /** Remembers a log backup as if the server's own job had made it, now or at another local time of the server. */
  backUpLog(database: string, finishedAt?: Date): void;
  readonly url: UrlBackups;
  /** Every secret that a credential of it ever had. */
  credentialSecrets(): readonly string[];
  /** Changes a setting of sys.configurations. */
  configure(name: string, value: number): void;
  /** ATTENTION messages received so far. */
  attentions(): number;
  sessions(): number;
  close(): Promise<void>;
}

/**
 * A pretend SQL Server: TDS 7.4 over TCP, with or without TLS, that writes real files and real block blobs for BACKUP,
 * restores from them, and can be a replica of an availability group.
 *
 * What it does not do: data. There are no tables but those of the catalog and pretend ones that have only their number of
 * rows, no transactions, no Windows logins, no MARS, no TDS 8. It knows BACKUP DATABASE, RESTORE, DBCC CHECKDB, DROP
 * DATABASE, credentials, KILL of a user's session (no STATUSONLY, no units of work), SELECT and what clients send by
 * themselves, and answers error 102 to anything else: no BACKUP LOG, no differentials, no ALTER or CREATE DATABASE. Its
 * T-SQL has no subqueries, no control flow; the first error ends a batch. A killed client is not told 596, its connection
 * just breaks. Backup files have the blocks and streams of SQL Server's, but the pages in them are made up, compressed ones use
 * deflate or zstd, the log holds a description of the database, and their checksum is its own: a real server cannot
 * restore them. Blobs are written by shared access signature only, over certificates that Node trusts. A failover loses the work on
 * databases of the group and the connections through the listener; idle direct connections stay.
 */
export async function startSqlServer(options: SqlServerOptions): Promise<RunningSqlServer> {
  await mkdir(options.directory, { recursive: true });
  const state = createState(options);
  const host = createHost(state, options);
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveSession(socket, host);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = listener.address() as AddressInfo;
  options.availabilityGroup?.join(memberOf(state, port), options.replica ?? {});
  return {
    port,
    databases: state.databases,
    history: state.history,
    faults: state.faults,
    url: state.url,
    credentialSecrets: () => state.credentials.secrets(),
    configure: (name, value) => void state.configurations.set(name, value),
    backUpLog(name, finishedAt = localNow(state)) {
      const database = state.databases.find(name);
      if (database === undefined) throw new Error(`There is no database ${name}`);
      recordLogBackup(state.history, database, { serverName: state.name, timeZone: state.timeZone, finishedAt });
    },
    attentions: () => state.attentions,
    sessions: () => state.sessions.size,
    async close() {
      options.availabilityGroup?.leave(state.name);
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      for (const running of state.running) running.drop();
      await closed;
    },
  };
}

/** A server for App Service has contained databases switched on; the rest is as installed. */
const defaultConfigurations: Readonly<Record<string, number>> = {
  'show advanced options': 0,
  'max server memory (MB)': 2147483647,
  'remote admin connections': 0,
  'contained database authentication': 1,
  'backup compression default': 0,
  'backup checksum default': 0,
  xp_cmdshell: 0,
};

function createState(options: SqlServerOptions): ServerState {
  const version = options.version ?? '16.0.4125.3';
  const timeZone = options.timeZone ?? 0;
  return {
    name: options.name ?? 'SANDBOX-SQL',
    version,
    edition: options.edition ?? 'Enterprise',
    directory: options.directory,
    mounts: options.mounts ?? {},
    timeZone,
    startedAt: localNow({ timeZone }),
    productLevel: options.productLevel ?? 'RTM',
    productUpdateLevel: options.productUpdateLevel,
    configurations: new Map(Object.entries({ ...defaultConfigurations, ...options.configurations })),
    backupMs: options.backupMs ?? 0,
    onBackup: options.onBackup ?? (() => undefined),
    logins: options.logins,
    databases: createDatabases(databasesOf(options), Number(version.split('.')[0]) * 10),
    history: createBackupHistory(),
    group: options.availabilityGroup,
    credentials: createCredentials(),
    url: { blockLimit: 50_000, leaveLease: false, ...options.url },
    locks: createAppLocks(),
    faults: createFaults(options.faults),
    sessions: new Map(),
    running: new Set(),
    attentions: 0,
  };
}

/** Databases of a group are in the full recovery model. */
function databasesOf(options: SqlServerOptions): DatabaseOptions[] {
  const isGrouped = (database: DatabaseOptions) => groupDatabase(options.availabilityGroup, database) !== undefined;
  return (options.databases ?? []).map((given) => (isGrouped(given) ? { ...given, recoveryModel: 'FULL' } : given));
}

function memberOf(state: ServerState, port: number): Member {
  return {
    name: state.name,
    port,
    databases: state.databases,
    dropWork() {
      for (const running of state.running) {
        const database = state.databases.list().find(({ id }) => id === running.databaseId);
        if (database !== undefined && groupDatabase(state.group, database) !== undefined) running.drop();
      }
    },
  };
}

function createHost(state: ServerState, options: SqlServerOptions): SessionHost {
  const [major = 16, minor = 0, build = 0] = state.version.split('.').map(Number);
  return {
    serverName: state.name,
    version: Buffer.from([major, minor, build >> 8, build & 0xff]),
    encryption: options.encryption ?? (options.tls === undefined ? 'off' : 'optional'),
    tls: options.tls,
    login: (login, hangUp) => openSession(state, login, hangUp),
    attention: () => {
      state.attentions++;
    },
  };
}

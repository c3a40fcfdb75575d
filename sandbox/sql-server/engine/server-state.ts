import type { AppLocks } from './app-locks';
import type { AvailabilityGroup } from './availability-group';
import type { BackupHistory } from './backup-history';
import type { Credentials } from './credentials';
import type { Databases } from './databases';
import type { Faults } from './faults';
import type { ServerLogin } from './permissions';

export type Edition = 'Enterprise' | 'Developer' | 'Standard' | 'Web' | 'Express';

export interface Session {
  readonly id: number;
  readonly login: ServerLogin;
  readonly applicationName: string;
  readonly hostName: string;
  /** The client said that it only reads. */
  readonly readOnlyIntent: boolean;
  /** Server's local time. */
  readonly openedAt: Date;
  database: string;
  /** Breaks the connection; what runs on it ends, unless it is an orphan. */
  readonly hangUp: () => void;
}

/** A BACKUP, RESTORE or DBCC while it runs, as sys.dm_exec_requests shows it. */
export interface RunningRequest {
  readonly sessionId: number;
  readonly databaseId: number;
  /** At most 16 characters, as the server has them: `RESTORE VERIFYON`. */
  readonly command: string;
  /** Server's local time. */
  readonly startedAt: Date;
  percent: number;
  /** Loses the client, and the work with it, also where the client is gone already. */
  readonly drop: () => void;
}

/** How backups to blobs go; may change while the server runs. */
export interface UrlBackups {
  /** Blocks of one blob, at most: 50,000 as storage has it. */
  blockLimit: number;
  /** True: a backup that fails leaves its lease and an empty blob, as one that lost the network does. */
  leaveLease: boolean;
}

export interface ServerState {
  readonly name: string;
  /** `16.0.4125.3`. */
  readonly version: string;
  readonly edition: Edition;
  /** `RTM`, `SP2`. */
  readonly productLevel: string;
  /** `CU13`. */
  readonly productUpdateLevel: string | undefined;
  /** Values of sys.configurations by name. */
  readonly configurations: Map<string, number>;
  /** Server's local time. */
  readonly startedAt: Date;
  /** Where backups with a relative path go. */
  readonly directory: string;
  /** Paths as the server knows them, to the local directories they stand for: `D:\Backup` to `/tmp/x`. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Local time less UTC in quarters of an hour. */
  readonly timeZone: number;
  /** How long a BACKUP takes at least. */
  readonly backupMs: number;
  readonly onBackup: (file: string) => void;
  readonly logins: readonly ServerLogin[];
  readonly databases: Databases;
  readonly history: BackupHistory;
  readonly group: AvailabilityGroup | undefined;
  readonly credentials: Credentials;
  readonly url: UrlBackups;
  readonly locks: AppLocks;
  readonly faults: Faults;
  readonly sessions: Map<number, Session>;
  readonly running: Set<RunningRequest>;
  attentions: number;
}

export function localNow(server: Pick<ServerState, 'timeZone'>): Date {
  return new Date(Date.now() + server.timeZone * 15 * 60_000);
}

import type { DatabaseBackup } from '../contracts/database-backup';
import type { BackupContainer } from '../ports/backup-container';
import type { WritableStaging } from '../ports/staging-files';
import type { BackupCredentials } from './backup-credentials';
import type { BackupControl, DatabaseBackupParts } from './backup-parts';

/** The directory through which a server is handed backup files. */
export interface RestoreStaging {
  readonly files: WritableStaging;
  /** As SQL Server sees it, may hold `{server}`. */
  readonly directory: string;
}

export interface RestoreParts extends Omit<DatabaseBackupParts, 'stripes'> {
  readonly staging: RestoreStaging | undefined;
  /** There is a directory, and Hubkeep cannot write to it. */
  readonly stagingIsReadOnly?: boolean;
  /** What SQL Server has written to by itself, and can read by itself. */
  readonly container: BackupContainer;
  readonly credentials: BackupCredentials;
  /** Has SQL Server read what lies in the container from there, also where there is a directory. */
  readonly prefersUrl: boolean;
}

export interface Directories {
  readonly data: string;
  readonly log: string;
}

export interface RestoreItem {
  readonly backup: DatabaseBackup;
  /** The name it gets. */
  readonly target: string;
}

export interface RestoreRequest {
  /** Address of the server. */
  readonly server: string;
  readonly items: readonly RestoreItem[];
  /** Databases that are there may be replaced. */
  readonly replace: boolean;
  /** For new files; the server's own unless given. */
  readonly directories?: Directories | undefined;
}

export interface KeptFile {
  readonly logicalName: string;
  readonly path: string;
}

/** A restore that was looked at and that nothing speaks against. */
export interface PlannedRestore extends RestoreItem {
  readonly road: 'disk' | 'url';
  /** Bytes of the backup. */
  readonly bytes: number;
  /** The database that is replaced. */
  readonly replaces: { readonly name: string; readonly state: string } | undefined;
  /** Files of it that keep their places. */
  readonly kept: readonly KeptFile[];
  readonly directories: Directories;
  readonly warnings: readonly string[];
}

export interface RestorePlan {
  /** Of this restore: in the names of its files and connections. Shaped as the id of a run. */
  readonly id: string;
  readonly server: string;
  readonly serverVersion: string;
  readonly items: readonly PlannedRestore[];
}

export interface RestoreStep {
  readonly plan: RestorePlan;
  readonly item: PlannedRestore;
  readonly control: BackupControl;
  /** Told right before the server is asked to make the database. */
  readonly onRestore?: () => void;
}

export interface RestoredToServer {
  readonly files: readonly KeptFile[];
  readonly recoveryModel: string;
  readonly containment: string;
  readonly seconds: { readonly copying: number; readonly verifying: number; readonly restoring: number };
  /** What is left for the operator to do. */
  readonly toDo: readonly string[];
}

/** Never restored this way: a server has its own. */
const systemDatabases = ['master', 'model', 'msdb', 'tempdb'];

export function isSystemDatabase(name: string): boolean {
  return systemDatabases.includes(name.toLowerCase());
}

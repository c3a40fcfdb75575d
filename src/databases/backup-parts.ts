import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { SqlServer } from '../ports/sql-server';
import type { StagingFiles } from '../ports/staging-files';

export interface DatabaseBackupParts {
  readonly sql: SqlServer;
  readonly staging: StagingFiles;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  /** SQL_BACKUP_DIRECTORY: as SQL Server sees it, may hold `{server}`. */
  readonly backupDirectory: string;
  /** How long a BACKUP or a verification may say nothing. Default 30 minutes. */
  readonly stallMs?: number;
  /** How long to wait for another backup of the same database by Hubkeep. Default 10 seconds. */
  readonly lockWaitMs?: number;
}

export interface BackupRequest {
  readonly runId: string;
  readonly server: string;
  readonly database: string;
  /** Which time in this run the database is taken; 1 unless given. */
  readonly round?: number;
}

export interface BackupControl {
  /** Percent of the BACKUP statement, 0 to 100. */
  readonly onProgress?: (progress: { readonly percent: number }) => void;
  readonly signal?: AbortSignal;
}

export const defaultStallMs = 30 * 60_000;

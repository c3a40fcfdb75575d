import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { SqlServer } from '../ports/sql-server';

export interface DatabaseBackupParts {
  readonly sql: SqlServer;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  /** SQL_BACKUP_STRIPES; by the size of the database unless set. */
  readonly stripes?: number | undefined;
  /** How long a BACKUP or a verification may make no progress. Default 30 minutes. */
  readonly stallMs?: number;
  /** How long a BACKUP or a verification may take in all. Default 24 hours. */
  readonly timeoutMs?: number;
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

export interface BackupProgress {
  readonly step: 'backing up' | 'verifying' | 'uploading' | 'reading back' | 'copying' | 'restoring' | 'checking';
  /** Of this step, 0 to 100. */
  readonly percent: number;
  /** As the server estimates it, where SQL_USER may see that. */
  readonly secondsLeft?: number | undefined;
}

export interface BackupControl {
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

export const defaultStallMs = 30 * 60_000;
export const defaultTimeoutMs = 24 * 3_600_000;

import type { BackupProgress, DatabaseBackupParts } from '../backup-parts';
import type { ServerRestores } from '../restore-to-server';

export interface DrillParts extends Omit<DatabaseBackupParts, 'stripes'> {
  readonly restores: ServerRestores;
  /** DRILL_SQL_SERVER. */
  readonly server: string;
}

export interface DrillControl {
  readonly onProgress?: (progress: BackupProgress & { readonly database: string }) => void;
  readonly signal?: AbortSignal;
}

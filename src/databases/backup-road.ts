import type { BackupRoadKind } from '../contracts/activities';
import type { DatabaseBackup } from '../contracts/database-backup';
import type { BackupControl } from './backup-parts';
import type { BackupDevice } from './statements';

/** A blob of the backup, as the record has it. */
export type StoredFile = DatabaseBackup['files'][number];

/** One attempt at one database. */
export interface BackupJob {
  readonly runId: string;
  readonly server: string;
  /** As `sys.databases` has it. */
  readonly database: string;
  readonly round: number;
  /** Four random hex: two attempts never write the same device. */
  readonly attempt: string;
  readonly stripes: number;
}

/** The way a backup takes from SQL Server into the store. */
export interface BackupRoad {
  readonly kind: BackupRoadKind;
  /**
   * Clears away what dead attempts left and names the devices of this one; nothing is written yet. Only the holder of the
   * database's lock may call it.
   */
  stage(job: BackupJob): Promise<StagedBackup>;
}

export interface StagedBackup {
  /** Unique: the name of the backup set. */
  readonly setName: string;
  /** What BACKUP writes to, in stripe order. */
  readonly devices: readonly BackupDevice[];
  /** What the operator should know of the place it is staged in. */
  readonly warnings: readonly string[];
  /** Files that stay until the recovery point is committed; for the caller to remove then. */
  readonly leftBehind: readonly string[];
  /** Has SQL Server read back what it wrote. `run` sends a statement and watches it. */
  verify(run: (statement: string) => Promise<void>): Promise<void>;
  /** Brings what SQL Server wrote into the store: one blob for each device, in their order. Never over an earlier attempt's. */
  bring(control: BackupControl): Promise<StoredFile[]>;
  /** After a failure. Never fails. */
  discard(): Promise<void>;
}

import type { DatabaseBackup } from '../../contracts/database-backup';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { Runbook } from '../../contracts/runbook';
import type { SecretsCustody } from '../../contracts/secrets-custody';
import type { Mark } from '../../repository/marks';

interface Device {
  readonly kind: 'disk';
  readonly name: string;
}

export interface Move {
  readonly logicalName: string;
  readonly path: string;
}

/** T-SQL for an operator to run, with every name quoted. Throws for names that SQL Server cannot have. */
export interface StatementsByHand {
  readonly lookAtServer: string;
  readonly allowContainedUsers: string;
  lookAtBackup(devices: readonly Device[]): string;
  restoreDatabase(restore: {
    readonly database: string;
    readonly devices: readonly Device[];
    readonly moves: readonly Move[];
    readonly replace: boolean;
  }): string;
  lookAtDatabase(database: string): string;
  findOrphanedUsers(database: string): string;
  leaveGroup(group: string, database: string): string;
  joinGroup(group: string, database: string): string;
  dropCopy(database: string): string;
  prepareForGroup(database: string, backup: Device): string;
}

/** What a runbook takes from services beside this one. */
export interface RunbookTools {
  readonly sql: StatementsByHand;
  /** How SystemSecrets.JSON is fetched with the Azure CLI. Throws for a record that names no secret of a vault. */
  keyVaultCommand(custody: SecretsCustody): string;
  /** The document as one page of HTML. */
  page(runbook: Runbook): string;
}

/** Where recovery points and secrets are kept, without any credential. */
export interface Place {
  /** Address of the container. */
  readonly store: string;
  readonly container: string;
  /** As it is configured now; a point names its own. */
  readonly vault?: string | undefined;
  /** What addresses of the stamp itself end with, where that is known. */
  readonly stampDomain?: string | undefined;
}

/** Where a point is to be restored when that is not where it came from. */
export interface Targets {
  readonly sqlServer?: string | undefined;
  readonly share?: string | undefined;
}

/** All that a section is written from. */
export interface RunbookInput {
  readonly point: RecoveryPoint;
  readonly place: Place;
  readonly tools: RunbookTools;
  readonly targets: Targets;
  /** Facts that were added to the point; nothing where it is only just being made. */
  readonly marks: readonly Mark[] | undefined;
}

export type KeptDatabase = DatabaseBackup;

/** The databases that the point gives back. */
export function keptDatabases({ databases }: RecoveryPoint): KeptDatabase[] {
  return (databases?.items ?? []).flatMap((item) => (item.status === 'succeeded' ? [item] : []));
}

/** Where the backup files lie as SQL Server sees them, unless a reader chooses another place. */
export const backupDirectory = String.raw`C:\HubkeepRestore`;

import type { DatabaseFacts } from './database-facts';
import type { BackupProof } from './proof';
import type { Database } from './server-facts';

const logBackupExpectedMs = 24 * 3_600_000;

/** What an operator should know about a backup that succeeded. */
export function warningsOf(
  database: Database,
  { facts, proof, now }: { readonly facts: DatabaseFacts; readonly proof: BackupProof; readonly now: Date },
): string[] {
  const { name } = database;
  return [
    ...(lacksLogBackups(database, facts.recorded.lastLogBackupAt, now)
      ? [
          `${name} is in the ${database.recoveryModel} recovery model and ${lastLogBackup(facts.recorded.lastLogBackupAt)}: ` +
            'its log grows until somebody takes a log backup. Hubkeep takes copy-only full backups, which do not truncate the log.',
        ]
      : []),
    ...(database.encrypted
      ? [
          `${name} is encrypted (TDE): a restore on another server needs the certificate and its private key, which are not in the backup. ` +
            'Back them up, and keep them apart from it.',
        ]
      : []),
    ...(proof.source === 'header'
      ? [`msdb has no history of the backup of ${name}; it was proven by the header of its file, without log sequence numbers.`]
      : []),
    ...facts.warnings,
  ];
}

/**
 * A log waits for its backup between any two of them, and a database that never had a full backup needs none: only a wait
 * without recent backups, or backups that have ceased, are worth a word.
 */
function lacksLogBackups(database: Database, lastAt: string | null | undefined, now: Date): boolean {
  if (database.recoveryModel === 'SIMPLE') return false;
  if (lastAt == null) return database.logReuseWait === 'LOG_BACKUP';
  return now.getTime() - Date.parse(lastAt) > logBackupExpectedMs;
}

function lastLogBackup(at: string | null | undefined): string {
  if (at === undefined) return 'waits for a log backup';
  return at === null ? 'this server knows of no log backup of it' : `its last log backup is of ${at}`;
}

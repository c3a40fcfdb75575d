import type { z } from 'zod';
import { backupProofSchema } from '../contracts/database-backup';
import { HubkeepError } from '../errors/hubkeep-error';
import type { SqlRow, SqlSession } from '../ports/sql-server';
import type { ServerFacts } from './server-facts';
import { sqlNumberOf } from './sql-failure';
import { findBackupByName, readBackupHeader } from './statements';

export type BackupProof = z.infer<typeof backupProofSchema>;

export interface ProofQuestion {
  readonly database: string;
  readonly setName: string;
  readonly path: string;
  readonly facts: ServerFacts;
}

/** The header's log sequence numbers arrive rounded: the client reads them as floating point. */
const unknownLsn = '0';
const unknownTimeZone = 127;

/**
 * What SQL Server itself says about the backup: its history, or the header of the file when history has nothing.
 * Throws `sql.no-proof` when neither shows a finished, undamaged backup with checksums.
 */
export async function proveBackup(session: SqlSession, question: ProofQuestion): Promise<BackupProof> {
  const proof = (await findInHistory(session, question)) ?? (await readHeader(session, question));
  if (proof === undefined) throw noProof(question, 'neither msdb nor the file shows it as finished');
  if (proof.isDamaged) throw noProof(question, 'it is marked as damaged');
  if (!proof.hasChecksums) throw noProof(question, 'it has no checksums');
  return proof;
}

/** Undefined when msdb has no finished backup of that name, or may not be read. */
export async function findInHistory(session: SqlSession, question: ProofQuestion): Promise<BackupProof | undefined> {
  const rows = await session.query(findBackupByName, { name: question.setName }).catch((error: unknown) => {
    if (sqlNumberOf(error) === undefined) throw error;
    return [];
  });
  const row = rows[0];
  if (row === undefined || row['databaseName'] !== question.database || row['finishedAt'] === null) return undefined;
  const timeZone = Number(row['timeZone'] ?? unknownTimeZone);
  const offset = timeZone === unknownTimeZone ? question.facts.utcOffsetMinutes : timeZone * 15;
  return backupProofSchema.parse({
    source: 'msdb',
    backupSetId: row['backupSetId'],
    ...flagsOf(row, { checksums: 'hasChecksums', damaged: 'isDamaged', copyOnly: 'isCopyOnly' }),
    compressed: Number(row['compressedSize']) < Number(row['size']),
    firstLsn: row['firstLsn'],
    lastLsn: row['lastLsn'],
    checkpointLsn: row['checkpointLsn'],
    databaseBackupLsn: row['databaseBackupLsn'],
    startedAt: toUtc(row['startedAt'], offset),
    finishedAt: toUtc(row['finishedAt'], offset),
  });
}

async function readHeader(session: SqlSession, question: ProofQuestion): Promise<BackupProof | undefined> {
  const rows = await session.query(readBackupHeader(question.path)).catch((error: unknown) => {
    if (sqlNumberOf(error) === undefined) throw error;
    return [];
  });
  const row = rows.find((candidate) => candidate['BackupName'] === question.setName);
  if (row === undefined || row['DatabaseName'] !== question.database) return undefined;
  const offset = row['TimeZone'] === undefined ? question.facts.utcOffsetMinutes : Number(row['TimeZone']) * 15;
  return backupProofSchema.parse({
    source: 'header',
    backupSetId: String(row['BackupSetGUID']),
    ...flagsOf(row, { checksums: 'HasBackupChecksums', damaged: 'IsDamaged', copyOnly: 'IsCopyOnly' }),
    compressed: Boolean(row['Compressed']),
    firstLsn: unknownLsn,
    lastLsn: unknownLsn,
    checkpointLsn: unknownLsn,
    databaseBackupLsn: unknownLsn,
    startedAt: toUtc(row['BackupStartDate'], offset),
    finishedAt: toUtc(row['BackupFinishDate'], offset),
  });
}

function flagsOf(row: SqlRow, names: { checksums: string; damaged: string; copyOnly: string }) {
  return {
    hasChecksums: Boolean(row[names.checksums]),
    isDamaged: Boolean(row[names.damaged]),
    isCopyOnly: Boolean(row[names.copyOnly]),
  };
}

/** SQL Server keeps its local time, which the client reads as if it were UTC. */
function toUtc(local: unknown, offsetMinutes: number): string {
  if (!(local instanceof Date)) throw new TypeError('The server sent no date');
  return new Date(local.getTime() - offsetMinutes * 60_000).toISOString();
}

function noProof(question: ProofQuestion, why: string): HubkeepError {
  return new HubkeepError(
    'sql.no-proof',
    `SQL Server reported success, but the backup of ${question.database} has no proof: ${why}`,
    {
      hint: 'See the SQL Server error log; SQL_USER needs SELECT on msdb.dbo.backupset and msdb.dbo.backupmediafamily.',
    },
  );
}

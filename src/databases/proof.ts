import type * as z from 'zod';
import { backupProofSchema } from '../contracts/database-backup';
import { HubkeepError } from '../errors/hubkeep-error';
import type { SqlRow, SqlSession } from '../ports/sql-server';
import { queryIfAllowed, textOf, type ServerFacts } from './server-facts';
import { toUtc } from './server-time';
import { findBackupByName, readBackupHeader, type BackupDevice } from './statements';

export type BackupProof = z.infer<typeof backupProofSchema>;

export interface ProofQuestion {
  readonly database: string;
  readonly setName: string;
  /** In stripe order. */
  readonly devices: readonly BackupDevice[];
  readonly facts: Pick<ServerFacts, 'utcOffsetMinutes'>;
}

/** The header's log sequence numbers arrive rounded: the client reads them as floating point. */
const unknownLsn = '0';
const unknownTimeZone = 127;

/**
 * What SQL Server itself says about the backup: its history, or the header of the file when history has nothing.
 * Throws `sql.no-proof` when neither shows a finished, undamaged backup with checksums, or history has other stripes.
 */
export async function proveBackup(session: SqlSession, question: ProofQuestion): Promise<BackupProof> {
  const rows = await readHistory(session, question);
  const fromHistory = toProof(rows, question);
  if (fromHistory !== undefined) requireStripes(rows, question);
  const proof = fromHistory ?? (await readHeader(session, question));
  if (proof === undefined) throw noProof(question, 'neither msdb nor the file shows it as finished');
  if (proof.isDamaged) throw noProof(question, 'it is marked as damaged');
  if (!proof.hasChecksums) throw noProof(question, 'it has no checksums');
  return proof;
}

/** Undefined when msdb has no finished backup of that name, or may not be read. */
export async function findInHistory(session: SqlSession, question: ProofQuestion): Promise<BackupProof | undefined> {
  return toProof(await readHistory(session, question), question);
}

/** A row for each stripe of the newest set of that name. */
async function readHistory(session: SqlSession, { setName }: ProofQuestion): Promise<SqlRow[]> {
  const rows = (await queryIfAllowed(session, findBackupByName, { name: setName })) ?? [];
  return rows.filter((row) => row['backupSetId'] === rows[0]?.['backupSetId']);
}

/** Every stripe, in order: a set that misses one, or has them otherwise than we store them, cannot be restored from our record. */
function requireStripes(rows: readonly SqlRow[], question: ProofQuestion): void {
  const written = rows.map((row) => lastPart(textOf(row['device'])));
  const wanted = question.devices.map(({ name }) => lastPart(name));
  const inOrder = rows.every((row, i) => Number(row['stripe']) === i + 1 && written[i] === wanted[i]);
  if (inOrder && rows.length === wanted.length) return;
  throw noProof(question, `msdb has ${rows.length} stripes of it (${written.join(', ')}), not ${wanted.length} in order`);
}

/** The server may write a directory otherwise than it was given; the names in it are unique. */
function lastPart(device: string): string {
  return (device.split(/[\\/]/).at(-1) ?? '').toLowerCase();
}

function toProof([row]: readonly SqlRow[], question: ProofQuestion): BackupProof | undefined {
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
  const [first] = question.devices;
  const rows = (first === undefined ? [] : await queryIfAllowed(session, readBackupHeader(first))) ?? [];
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

function noProof(question: ProofQuestion, why: string): HubkeepError {
  return new HubkeepError(
    'sql.no-proof',
    `SQL Server reported success, but the backup of ${question.database} has no proof: ${why}`,
    {
      hint: 'See the SQL Server error log; SQL_USER needs SELECT on msdb.dbo.backupset and msdb.dbo.backupmediafamily.',
    },
  );
}

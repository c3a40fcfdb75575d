import { randomBytes } from 'node:crypto';
import type { DatabaseBackup, TakenBackup } from '../contracts/database-backup';
import { runIdOf } from '../contracts/run-id';
import { codeOf } from '../errors/hubkeep-error';
import type { SqlSession } from '../ports/sql-server';
import type { BackupControl, BackupRequest, DatabaseBackupParts } from './backup-parts';
import { backupKey, type DatabaseKey, resultKey } from './database-keys';
import { keepFinishedBackup, readFinishedBackup } from './finished-backup';
import { openLockedSession } from './open-locked-session';
import { proveBackup, type BackupProof, type ProofQuestion } from './proof';
import { findDatabase, readServerFacts, type DatabaseFacts } from './server-facts';
import { fillServerPlaceholder, joinStagingPath, parseStagingName, stagingName } from './staging-names';
import { takeToDisk } from './take-to-disk';
import { type UploadedFile, uploadStagedBackup } from './upload-staged-backup';
import { verifyStagedBackup } from './verify-staged-backup';

export interface DatabaseBackups {
  /**
   * Backs up one database through a staging file: BACKUP, proof, VERIFYONLY, upload. Doing it again with the same run,
   * server, database and round gives the first result. The staging files named in the result are for the caller to remove.
   */
  backUp(request: BackupRequest, control?: BackupControl): Promise<TakenBackup>;
}

export function createDatabaseBackups(parts: DatabaseBackupParts): DatabaseBackups {
  return { backUp: (request, control = {}) => backUp(parts, request, control) };
}

async function backUp(parts: DatabaseBackupParts, request: BackupRequest, control: BackupControl): Promise<TakenBackup> {
  const result = resultKey({ ...request, round: request.round ?? 1 });
  const finished = await readFinishedBackup(parts.store, result);
  if (finished !== undefined) return finished;

  const session = await openLockedSession(parts, request);
  const work: Work = { parts, request, control, session, staged: undefined };
  try {
    // Whoever held the lock until now may have been another attempt of this very work.
    const meanwhile = await readFinishedBackup(parts.store, result);
    if (meanwhile !== undefined) return meanwhile;
    return await keepFinishedBackup(parts.store, result, await stageAndUpload(work));
  } catch (error) {
    await discard(work);
    throw error;
  } finally {
    await work.session.close();
  }
}

interface Work {
  readonly parts: DatabaseBackupParts;
  readonly request: BackupRequest;
  readonly control: BackupControl;
  /** Replaced when the connection broke during BACKUP; always the one that holds the lock. */
  session: SqlSession;
  staged: string | undefined;
}

async function stageAndUpload(work: Work): Promise<TakenBackup> {
  const { parts, request, control } = work;
  const facts = await readServerFacts(work.session);
  const database = await findDatabase(work.session, request.database);
  await removeEarlierAttempts(work, database.name);

  const attempt = randomBytes(2).toString('hex');
  work.staged = stagingName(request.runId, database.name, attempt);
  const path = joinStagingPath(fillServerPlaceholder(parts.backupDirectory, request.server), work.staged);
  const question: ProofQuestion = { database: database.name, setName: work.staged, path, facts };

  work.session = await takeToDisk(work.session, { parts, request, control, question });
  const proof = await proveBackup(work.session, question);
  const verifyOnly = await verifyStagedBackup(work.session, path, { parts, control });
  const file = await uploadOnce(work, { ...request, database: database.name, round: request.round ?? 1, attempt });
  const backup: DatabaseBackup = {
    server: request.server,
    database: database.name,
    serverVersion: facts.version,
    edition: facts.edition,
    recoveryModel: database.recoveryModel,
    files: [file],
    proof,
    verifyOnly,
    warnings: warningsOf(database, proof),
  };
  return { backup, staging: [work.staged] };
}

/** Never over what an earlier attempt left, which a result may name: beside it then. */
async function uploadOnce(
  { parts, request, control, staged = '' }: Work,
  { attempt, ...key }: DatabaseKey,
): Promise<UploadedFile> {
  const upload = async (to: DatabaseKey) =>
    uploadStagedBackup(parts.store, await parts.staging.open(request.server, staged), {
      key: backupKey(to),
      signal: control.signal,
    });
  try {
    return await upload(key);
  } catch (error) {
    if (codeOf(error) !== 'store.exists' || attempt === undefined) throw error;
    return upload({ ...key, attempt });
  }
}

/**
 * Files of attempts that died: only the holder of the database's lock may judge them dead. Another run's file may wait
 * for its commit, so it must be two days old besides.
 */
async function removeEarlierAttempts({ parts, request }: Work, database: string): Promise<void> {
  const ours = parseStagingName(stagingName(request.runId, database, '0000'));
  const before = runIdOf(new Date(parts.clock.now().getTime() - abandonedMs), '0000');
  const names = await parts.staging.list(request.server);
  for (const name of names) {
    const found = parseStagingName(name);
    if (found === undefined || found.slug !== ours?.slug) continue;
    if (found.runId === ours.runId || found.runId < before) await parts.staging.remove(request.server, name);
  }
}

const abandonedMs = 48 * 3_600_000;

/** Best effort: the reason of the failure is worth more than a file that stays behind and is recognisable. */
async function discard({ parts, request, staged }: Work): Promise<void> {
  if (staged === undefined) return;
  await parts.staging.remove(request.server, staged).catch((error: unknown) => {
    parts.log.warn('databases.staging-left', { server: request.server, file: staged, code: codeOf(error) });
  });
}

function warningsOf(database: DatabaseFacts, proof: BackupProof): string[] {
  const warnings: string[] = [];
  if (database.recoveryModel === 'FULL' && database.logReuseWait === 'LOG_BACKUP') {
    warnings.push(
      `${database.name} is in the FULL recovery model and its log waits for a log backup: it grows until somebody takes one. ` +
        'Hubkeep takes copy-only full backups, which do not truncate the log.',
    );
  }
  if (proof.source === 'header') {
    warnings.push(
      `msdb has no history of the backup of ${database.name}; it was proven by the header of its file, without log sequence numbers.`,
    );
  }
  return warnings;
}

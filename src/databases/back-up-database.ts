import { randomBytes } from 'node:crypto';
import type { DatabaseBackup, TakenBackup } from '../contracts/database-backup';
import type { SqlSession } from '../ports/sql-server';
import type { BackupControl, BackupRequest, DatabaseBackupParts } from './backup-parts';
import type { BackupRoad, StagedBackup } from './backup-road';
import { resultKey } from './database-keys';
import { readDatabaseFacts } from './database-facts';
import { canCompress, transferSizes } from './edition';
import { keepFinishedBackup, readFinishedBackup } from './finished-backup';
import { inspectionWarnings } from './inspect-upload';
import { openLockedSession } from './open-locked-session';
import { planStripes } from './plan-stripes';
import { proveBackup, type ProofQuestion } from './proof';
import { readRights, requireRights } from './rights';
import { againWhenLost } from './reconnect';
import { runBackup } from './run-backup';
import { runWatched } from './run-watched';
import { findDatabase, readServerFacts, type Database, type ServerFacts } from './server-facts';
import { asStepFailure } from './sql-failure';
import { backupDatabase } from './statements';
import { warningsOf } from './warnings';

export interface DatabaseBackups {
  /**
   * Backs up one database: BACKUP, proof, VERIFYONLY, and into the store. Doing it again with the same run, server,
   * database and round gives the first result. The staging files named in the result are for the caller to remove.
   */
  backUp(request: BackupRequest, control?: BackupControl): Promise<TakenBackup>;
}

/** @param road how a backup is staged and brought into the store. */
export function createDatabaseBackups(parts: DatabaseBackupParts, road: BackupRoad): DatabaseBackups {
  return { backUp: (request, control = {}) => backUp({ parts, road, request, control }) };
}

async function backUp(task: Task): Promise<TakenBackup> {
  const { parts, request } = task;
  const result = resultKey({ ...request, round: request.round ?? 1 });
  const finished = await readFinishedBackup(parts.store, result);
  if (finished !== undefined) return finished;

  const work: Work = { ...task, session: await openLockedSession(parts, request), staged: undefined };
  try {
    // Whoever held the lock until now may have been another attempt of this very work.
    const meanwhile = await readFinishedBackup(parts.store, result);
    if (meanwhile !== undefined) return meanwhile;
    return await keepFinishedBackup(parts.store, result, await stageAndBring(work));
  } catch (error) {
    await work.staged?.discard();
    throw error;
  } finally {
    await work.session.close();
  }
}

interface Task {
  readonly parts: DatabaseBackupParts;
  readonly road: BackupRoad;
  readonly request: BackupRequest;
  readonly control: BackupControl;
}

interface Work extends Task {
  /** Replaced when the connection broke; always the one that holds the lock. */
  session: SqlSession;
  staged: StagedBackup | undefined;
}

async function stageAndBring(work: Work): Promise<TakenBackup> {
  const { parts, road, request, control } = work;
  const server = await readServerFacts(work.session);
  const database = await findDatabase(work.session, request.database);
  const rights = await readRights(work.session, database);
  requireRights(rights, database);
  const facts = await readDatabaseFacts(work.session, { database, rights, utcOffsetMinutes: server.utcOffsetMinutes });

  const staged = await road.stage({
    ...{ runId: request.runId, server: request.server, database: database.name, round: request.round ?? 1 },
    attempt: randomBytes(2).toString('hex'),
    stripes: planStripes({ kind: road.kind, bytes: facts.dataBytes, wanted: parts.stripes }),
  });
  work.staged = staged;
  const { setName, devices } = staged;
  const question: ProofQuestion = { database: database.name, setName, devices, facts: server };

  const statement = statementFor(database, { server, road, staged });
  work.session = await runBackup(work.session, { parts, request, control, question, statement });
  const proof = await againWhenLost(work, (session) => proveBackup(session, question));
  const verifyOnly = await verify(work, staged);
  const files = await staged.bring(control);
  const backup: DatabaseBackup = {
    server: request.server,
    database: database.name,
    serverVersion: server.version,
    edition: server.edition,
    recoveryModel: database.recoveryModel,
    serverFacts: recordedServer(server),
    databaseFacts: facts.recorded,
    files,
    proof,
    verifyOnly,
    warnings: [
      ...warningsOf(database, { facts, proof, now: parts.clock.now() }),
      ...inspectionWarnings(files),
      ...staged.warnings,
    ],
  };
  return { backup, staging: [...staged.leftBehind] };
}

interface StatementParts {
  readonly server: ServerFacts;
  readonly road: BackupRoad;
  readonly staged: StagedBackup;
}

function statementFor({ name, encrypted }: Database, { server, road, staged }: StatementParts): string {
  const compression = canCompress(server);
  const sizes = transferSizes({ kind: road.kind, compression, encrypted, version: server.version });
  return backupDatabase({ database: name, devices: staged.devices, setName: staged.setName, compression, ...sizes });
}

/** RESTORE VERIFYONLY WITH CHECKSUM. Throws `sql.verify-failed`: a backup that cannot be read back is none. */
async function verify(work: Work, staged: StagedBackup): Promise<DatabaseBackup['verifyOnly']> {
  try {
    await staged.verify((statement) =>
      againWhenLost(work, (session) => runWatched(session, statement, { ...work, step: 'verifying' })),
    );
  } catch (error) {
    throw asStepFailure(error, 'sql.verify-failed', `SQL Server wrote ${staged.setName} and cannot verify it`);
  }
  return { passed: true, at: work.parts.clock.now().toISOString() };
}

function recordedServer(server: ServerFacts): DatabaseBackup['serverFacts'] {
  const { productLevel, updateLevel, collation, containedAuthentication, hadrEnabled } = server;
  return {
    ...{ productLevel, collation, hadrEnabled },
    ...(updateLevel === undefined ? {} : { updateLevel }),
    ...(containedAuthentication === undefined ? {} : { containedAuthentication }),
  };
}

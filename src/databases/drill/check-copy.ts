import type { DrilledDatabase } from '../../contracts/database-drill';
import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import type { SqlSession } from '../../ports/sql-server';
import { defaultTimeoutMs, type BackupControl } from '../backup-parts';
import { openLockedSession } from '../open-locked-session';
import { runWatched } from '../run-watched';
import { asStepFailure, sqlNumberOf } from '../sql-failure';
import type { DrillParts } from './drill-parts';
import { isFinding } from './findings';
import { checkDatabase, countRows, countTables, sizeOfFiles } from './statements';

export interface CopyToCheck {
  /** Of the drill. */
  readonly id: string;
  readonly name: string;
  readonly control: BackupControl;
}

export type CheckedCopy = Required<Pick<DrilledDatabase, 'userTables' | 'rows' | 'dataBytes'>> & {
  readonly seconds: { readonly checking: number; readonly querying: number };
};

/** Throws `sql.corrupt` for what CHECKDB finds, and `drill.empty` for a database without a table. */
export async function checkCopy(parts: DrillParts, copy: CopyToCheck): Promise<CheckedCopy> {
  const request = { runId: copy.id, server: parts.server, database: copy.name };
  const now = () => parts.clock.now().getTime();
  const session = await openLockedSession(parts, request);
  try {
    const startedAt = now();
    // It may look at one large index for long, and tells nothing meanwhile.
    const patient = { ...parts, stallMs: parts.timeoutMs ?? defaultTimeoutMs };
    const work = { parts: patient, request, control: copy.control, doing: 'check', step: 'checking' as const };
    await runWatched(session, checkDatabase(copy.name), work).catch((error: unknown) => {
      throw asFinding(error, copy.name);
    });
    const checkedAt = now();
    const counts = await look(session, copy.name);
    return { ...counts, seconds: { checking: (checkedAt - startedAt) / 1000, querying: (now() - checkedAt) / 1000 } };
  } finally {
    await session.close();
  }
}

function asFinding(error: unknown, name: string): unknown {
  const number = sqlNumberOf(error);
  if (number === undefined || !isHubkeepError(error)) return error;
  if (!isFinding(number)) return asStepFailure(error, 'sql.restore-failed', `${name} could not be checked`);
  return new HubkeepError('sql.corrupt', `CHECKDB found damage in ${name}: ${error.message}`, {
    hint: 'Run CHECKDB on the database that is in use, keep every older recovery point, and look at the storage of both servers.',
    details: { number },
    cause: error,
  });
}

/** What can be asked without knowing what the database is for. */
async function look(session: SqlSession, name: string) {
  const numberOf = async (statement: string, column: string) => {
    const [row] = await session.query(statement);
    return Number(row?.[column] ?? 0);
  };
  try {
    const userTables = await numberOf(countTables(name), 'userTables');
    const rows = await numberOf(countRows(name), 'rows');
    const dataBytes = await numberOf(sizeOfFiles(name), 'bytes');
    if (userTables > 0) return { userTables, rows, dataBytes };
  } catch (error) {
    throw asStepFailure(error, 'sql.restore-failed', `${name} could not be read`);
  }
  throw new HubkeepError('drill.empty', `${name} was restored and holds no table`, {
    hint: 'See whether the database that is in use holds any; a drill takes one without tables for a failure.',
  });
}

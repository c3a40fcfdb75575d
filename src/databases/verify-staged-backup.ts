import type { SqlSession } from '../ports/sql-server';
import { defaultStallMs, type BackupControl, type DatabaseBackupParts } from './backup-parts';
import { asStepFailure } from './sql-failure';
import { verifyBackup } from './statements';

/** RESTORE VERIFYONLY WITH CHECKSUM. Throws `sql.verify-failed`: a backup that cannot be read back is none. */
export async function verifyStagedBackup(
  session: SqlSession,
  path: string,
  { parts, control }: { parts: DatabaseBackupParts; control: BackupControl },
): Promise<{ passed: boolean; at: string }> {
  try {
    await session.execute(verifyBackup(path), {
      stallMs: parts.stallMs ?? defaultStallMs,
      ...(control.signal === undefined ? {} : { signal: control.signal }),
    });
  } catch (error) {
    throw asStepFailure(error, 'sql.verify-failed', `SQL Server wrote ${path} and cannot verify it`);
  }
  return { passed: true, at: parts.clock.now().toISOString() };
}

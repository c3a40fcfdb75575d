import type { BakInspection } from '../contracts/bak-inspection';
import type { DatabaseBackup } from '../contracts/database-backup';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { inspectBak } from './tape/inspect-bak';
import { inStore } from './tape/random-access';

type FileInspection = NonNullable<DatabaseBackup['files'][number]['inspection']>;

/**
 * Looks into a backup as it lies in the store: a few small reads. Throws `sql.no-proof` when it is of another database. That
 * it cannot be followed is recorded and no failure: SQL Server has verified it, and may write what no one here has seen yet.
 */
export async function inspectUpload(store: BlobStore, key: string, database: string): Promise<FileInspection> {
  const { status, reason, media, sets } = await inspectBak(await inStore(store, key));
  const last = sets.at(-1);
  if (last?.database !== undefined && last.database !== database) {
    throw new HubkeepError('sql.no-proof', `${key} holds a backup of ${last.database} and not of ${database}`, {
      hint: 'Nothing but SQL Server and Hubkeep may write to SQL_BACKUP_DIRECTORY, or to the container of SQL_BACKUP_MODE=url.',
    });
  }
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(media?.family === undefined ? {} : { family: media.family }),
    ...(media?.families === undefined ? {} : { families: media.families }),
  };
}

/** What the operator should know of files that do not look as they should. */
export function inspectionWarnings(files: DatabaseBackup['files']): string[] {
  return files.flatMap(({ key, inspection }) =>
    inspection === undefined || isGood(inspection.status) ? [] : [warning(key, inspection)],
  );
}

function isGood(status: BakInspection['status']): boolean {
  return status === 'whole' || status === 'unfinished' || status === 'opaque';
}

function warning(key: string, { status, reason = 'no reason is known' }: FileInspection): string {
  return `${key} looks ${status} (${reason}), although SQL Server has verified it: restore it somewhere to be sure`;
}

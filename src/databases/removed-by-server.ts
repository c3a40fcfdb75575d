import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import { plainName, stagingLeft } from '../errors/staging';
import type { SqlServer, SqlSession } from '../ports/sql-server';
import type { StagingFiles, StagingReader } from '../ports/staging-files';
import { fillServerPlaceholder, joinStagingPath, parseStagingName } from './staging-names';
import { deleteBackupFile } from './statements';

export interface RemovedByServerParts {
  readonly sql: SqlServer;
  /** SQL_BACKUP_DIRECTORY: as SQL Server sees it, may hold `{server}`. */
  readonly backupDirectory: string;
  /** A removal that takes longer is stopped: on a disk that hangs it would hold the run for ever. */
  readonly stallMs: number;
}

/**
 * Staging files that Hubkeep can read and not remove: the server that wrote them is asked to. It may decline without a word,
 * so that only the directory tells whether they are gone.
 */
export function removedByServer(reader: StagingReader, parts: RemovedByServerParts): StagingFiles {
  return {
    open: (server, name) => reader.open(server, name),
    list: (server) => reader.list(server),
    async remove(server, names) {
      if (names.length === 0) return;
      const asked = names.map(stagingName);
      const present = async () => {
        // A file server may list a name in another case than it was given.
        const listed = new Set((await reader.list(server)).map((name) => name.toLowerCase()));
        return asked.filter((name) => listed.has(name.toLowerCase()));
      };
      const there = await present();
      if (there.length === 0) return;
      const directory = fillServerPlaceholder(parts.backupDirectory, server);
      const paths = there.map((name) => joinStagingPath(directory, name));
      const refusal = await askServer(parts, server, paths);
      const left = await present();
      if (left.length === 0) return;
      throw stagingLeft({
        directory,
        names: left,
        hint: 'Remove them, or their disk fills up. For SQL_USER to have them removed it needs sysadmin, or at least EXECUTE on sys.xp_delete_file (hubkeep print-sql), and the account of SQL Server delete permission; files that are no whole backups are never removed this way.',
        retryable: isHubkeepError(refusal) && refusal.retryable,
        cause: refusal,
      });
    },
  };
}

/** Nobody is asked to delete what no backup of ours was named. */
function stagingName(name: string): string {
  if (parseStagingName(plainName(name)) === undefined)
    throw new HubkeepError('internal', `${name} is not the name of a staging file`);
  return name;
}

/** @returns why the server declined, where it said so. */
async function askServer({ sql, stallMs }: RemovedByServerParts, server: string, paths: readonly string[]): Promise<unknown> {
  const session = await sql.connect(server, { applicationName: 'Hubkeep' });
  try {
    return await removeAll(session, paths, stallMs);
  } finally {
    await session.close();
  }
}

async function removeAll(session: SqlSession, paths: readonly string[], stallMs: number): Promise<unknown> {
  let refusal: unknown;
  for (const path of paths) {
    try {
      await session.execute(deleteBackupFile(path), { stallMs });
    } catch (error) {
      refusal ??= error;
      // The server hangs or is gone: each further file would wait as long.
      if (isHubkeepError(error) && error.retryable) break;
    }
  }
  return refusal;
}

import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { plainName, stagingLeft } from '../errors/staging';
import type { SqlServer, SqlSession } from '../ports/sql-server';
import type { StagingFiles, StagingReader } from '../ports/staging-files';
import { sqlNumberOf } from './sql-failure';
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
 * Staging files that Hubkeep can read and not remove: the server that wrote them is asked to, also for those that Hubkeep does not
 * see, for the two may be looking at different directories. It may decline without a word: then only the directory tells.
 */
export function removedByServer(reader: StagingReader, parts: RemovedByServerParts): StagingFiles {
  return {
    open: (server, name) => reader.open(server, name),
    list: (server) => reader.list(server),
    async remove(server, names) {
      if (names.length === 0) return;
      const asked = names.map(stagingName);
      const directory = fillServerPlaceholder(parts.backupDirectory, server);
      const refusals = await askServer(parts, server, new Map(asked.map((name) => [name, joinStagingPath(directory, name)])));
      // A file server may list a name in another case than it was given.
      const listed = new Set((await reader.list(server)).map((name) => name.toLowerCase()));
      const left = asked.filter((name) => listed.has(name.toLowerCase()) || isRefused(refusals.get(name)));
      if (left.length === 0) return;
      const refusal = left.map((name) => refusals.get(name)).find(Boolean);
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

/** @returns why the server declined, for the names for which it said so. */
async function askServer(
  { sql, stallMs }: RemovedByServerParts,
  server: string,
  paths: ReadonlyMap<string, string>,
): Promise<Map<string, unknown>> {
  const session = await sql.connect(server, { applicationName: 'Hubkeep' });
  try {
    return await removeAll(session, paths, stallMs);
  } finally {
    await session.close();
  }
}

async function removeAll(
  session: SqlSession,
  paths: ReadonlyMap<string, string>,
  stallMs: number,
): Promise<Map<string, unknown>> {
  const refusals = new Map<string, unknown>();
  for (const [name, path] of paths) {
    try {
      await session.execute(deleteBackupFile(path), { stallMs });
    } catch (error) {
      refusals.set(name, error);
      // The server hangs or is gone: each further file would wait as long.
      if (isHubkeepError(error) && error.retryable) break;
    }
  }
  return refusals;
}

/** The number of every failure of the procedure; that of Windows, in its text, says whether there is no such file or directory. */
const procedureFailed = 22049;

function isRefused(refusal: unknown): boolean {
  if (refusal === undefined) return false;
  return !(sqlNumberOf(refusal) === procedureFailed && /\berror [23]\b/.test(messageOf(refusal)));
}

import { runIdOf } from '../contracts/run-id';
import { codeOf } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import type { Clock } from '../ports/clock';
import type { StagingFiles } from '../ports/staging-files';
import { safeName } from '../repository/safe-name';
import { parseStagingName, serverMark, type StagedFor } from './staging-names';

export interface StagingPlace {
  readonly staging: StagingFiles;
  readonly clock: Clock;
}

const abandonedMs = 48 * 3_600_000;

/**
 * Removes files of attempts that died: only the holder of the database's lock may judge them dead. Another run's file may wait
 * for its commit, so it must be two days old besides.
 * @returns what the operator should know of files that stay: they are no reason not to back up.
 */
export async function removeEarlierAttempts(
  { staging, clock }: StagingPlace,
  { runId, server, database }: { readonly runId: string; readonly server: string; readonly database: string },
): Promise<string[]> {
  const slug = safeName(database);
  const before = runIdOf(new Date(clock.now().getTime() - abandonedMs), '0000');
  const dead = (await staging.list(server)).filter((name) => {
    const found = parseStagingName(name);
    return found?.slug === slug && (isOf(found, { runId, server }) || found.runId < before);
  });
  try {
    await staging.remove(server, dead);
    return [];
  } catch (error) {
    if (codeOf(error) !== 'sql.staging-left') throw error;
    return [messageOf(error)];
  }
}

interface RunOnServer {
  readonly runId: string;
  readonly server: string;
}

/** Every file of a run that one server has written. */
export async function stagedBy(staging: Pick<StagingFiles, 'list'>, run: RunOnServer): Promise<string[]> {
  const names = await staging.list(run.server);
  return names.filter((name) => {
    const found = parseStagingName(name);
    return found !== undefined && isOf(found, run);
  });
}

function isOf(found: StagedFor, { runId, server }: RunOnServer): boolean {
  return found.runId === runId && found.mark === serverMark(server);
}

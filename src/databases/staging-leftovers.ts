import { runIdOf } from '../contracts/run-id';
import type { Clock } from '../ports/clock';
import type { StagingFiles } from '../ports/staging-files';
import { safeName } from '../repository/safe-name';
import { parseStagingName, serverMark } from './staging-names';

export interface StagingPlace {
  readonly staging: StagingFiles;
  readonly clock: Clock;
}

const abandonedMs = 48 * 3_600_000;

/**
 * Files of attempts that died: only the holder of the database's lock may judge them dead. Another run's file may wait
 * for its commit, so it must be two days old besides.
 */
export async function removeEarlierAttempts(
  { staging, clock }: StagingPlace,
  { runId, server, database }: { readonly runId: string; readonly server: string; readonly database: string },
): Promise<void> {
  const slug = safeName(database);
  const before = runIdOf(new Date(clock.now().getTime() - abandonedMs), '0000');
  for (const name of await staging.list(server)) {
    const found = parseStagingName(name);
    if (found === undefined || found.slug !== slug) continue;
    const isOurs = found.runId === runId && found.mark === serverMark(server);
    if (isOurs || found.runId < before) await staging.remove(server, name);
  }
}

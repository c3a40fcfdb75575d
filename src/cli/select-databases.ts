import type { DatabaseBackup } from '../contracts/database-backup';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { isSystemDatabase, type RestoreItem } from '../databases/restore-parts';
import { HubkeepError } from '../errors/hubkeep-error';

export interface Selection {
  readonly database?: readonly string[];
  readonly sourceServer?: string;
  readonly asPrefix?: string;
}

/** A backup that the point has and that is not for this way. */
export interface NotRestored {
  readonly database: string;
  readonly server: string;
  readonly reason: string;
}

const ofServer = 'it belongs to the server it was taken from: its logins are for you to carry over, see docs/databases.md';

/** Which backups of a point are restored, and as what. Throws `usage.invalid` for a name that is no one's, or more than one's. */
export function selectDatabases(
  point: RecoveryPoint,
  selection: Selection,
): { items: RestoreItem[]; notRestored: NotRestored[] } {
  const { database: names, sourceServer, asPrefix = '' } = selection;
  refuseSystem(names ?? []);
  const taken = (point.databases?.items ?? []).flatMap((item): DatabaseBackup[] => (item.status === 'succeeded' ? [item] : []));
  const inReach = taken.filter(({ server }) => sourceServer === undefined || isSame(server, sourceServer));
  const backups = inReach.filter(({ database }) => !isSystemDatabase(database));
  const chosen = names === undefined ? backups : names.flatMap((name) => requireNamed(backups, name, point.id));
  if (chosen.length === 0) {
    throw new HubkeepError(
      'point.component-missing',
      `recovery point ${point.id} has no database that could be restored onto a server`,
      {
        hint: 'hubkeep show lists what it has; the database master is never restored this way.',
      },
    );
  }
  refuseTwice(chosen);
  const system = names === undefined ? inReach.filter(({ database }) => isSystemDatabase(database)) : [];
  return {
    items: [...new Set(chosen)].map((backup) => ({ backup, target: `${asPrefix}${backup.database}` })),
    notRestored: system.map(({ database, server }) => ({ database, server, reason: ofServer })),
  };
}

function refuseSystem(names: readonly string[]): void {
  const system = names.find(isSystemDatabase);
  if (system === undefined) return;
  throw new HubkeepError('usage.invalid', `${system} is never restored onto a server this way: it is the server itself`, {
    hint: '--databases DIR brings its backup file. To read logins from it, restore that file by hand under another name.',
  });
}

function requireNamed(backups: readonly DatabaseBackup[], name: string, point: string): DatabaseBackup[] {
  const named = backups.filter(({ database }) => isSame(database, name));
  if (named.length > 0) return named;
  const known = backups.map(({ database }) => database);
  throw new HubkeepError('usage.invalid', `recovery point ${point} has no backup of a database ${name}`, {
    hint: known.length === 0 ? 'hubkeep show lists what it has.' : `It has ${[...new Set(known)].join(', ')}.`,
  });
}

/** Two servers may each have a database of one name. */
function refuseTwice(chosen: readonly DatabaseBackup[]): void {
  for (const { database } of chosen) {
    const servers = [...new Set(chosen.filter((other) => isSame(other.database, database)).map(({ server }) => server))];
    if (servers.length < 2) continue;
    throw new HubkeepError('usage.invalid', `${database} was backed up from ${servers.join(' and from ')}`, {
      hint: `Say which one: --source-server ${servers[0]}`,
    });
  }
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

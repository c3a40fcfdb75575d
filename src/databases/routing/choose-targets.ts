import type { DatabaseOutcome } from '../../contracts/activities';
import type { DatabaseTarget } from '../../contracts/database-backup';
import type { Problem } from '../../contracts/outcome';
import type { SeenServer } from './look-at-server';

/** A server that could not be asked. */
export interface SilentServer {
  readonly address: string;
  /** As its replicas know it, where one told of it. */
  readonly name?: string;
  readonly problem: Problem;
}

export interface Servers {
  readonly seen: readonly SeenServer[];
  readonly silent: readonly SilentServer[];
}

export interface ChosenTargets {
  readonly targets: DatabaseTarget[];
  /** What is wrong although, or because, somebody else takes the database. */
  readonly failed: DatabaseOutcome[];
}

/**
 * Who takes which database tonight. A database outside of a group belongs to each server that has it (so does `master`);
 * one of a group is taken once, where its backup preference says, or on the primary when nobody who answers is preferred. A configured
 * server that does not answer, and a database that nobody has, is a target all the same: it fails with its own reason.
 */
export function chooseTargets(configured: readonly string[], databases: readonly string[], servers: Servers): ChosenTargets {
  const targets: DatabaseTarget[] = [];
  const failed: DatabaseOutcome[] = [];
  for (const database of databases) {
    const holders = holdersOf(database, servers.seen);
    for (const group of new Set(holders.flatMap((holder) => holder.group ?? []))) {
      const chosen = chooseReplica(holders, { database, group }, servers);
      targets.push(chosen.target);
      if (chosen.problem !== undefined) failed.push(chosen.problem);
    }
    const alone = holders.filter(({ group }) => group === undefined);
    targets.push(...alone.map(({ server }) => ({ server: server.address, database })));
    if (holders.length === 0) targets.push(...nobodyHas(database, configured, servers));
  }
  return { targets: [...targets, ...unheard(targets, databases, { configured, silent: servers.silent })], failed };
}

interface Holder {
  readonly server: SeenServer;
  readonly group: string | undefined;
  readonly isPreferred: boolean;
}

function holdersOf(database: string, seen: readonly SeenServer[]): Holder[] {
  return seen.flatMap((server) => {
    const found = server.databases.filter(({ name }) => name.toLowerCase() === database.toLowerCase());
    const match = found.find(({ name }) => name === database) ?? found[0];
    return match === undefined ? [] : [{ server, group: match.group, isPreferred: match.isPreferred === true }];
  });
}

interface GroupDatabase {
  readonly database: string;
  readonly group: string;
}

function chooseReplica(holders: readonly Holder[], { database, group }: GroupDatabase, { seen, silent }: Servers) {
  const replicas = holders.filter((holder) => holder.group === group);
  const targetOn = ({ server }: Holder, warnings: string[] = []): DatabaseTarget => ({
    server: server.address,
    database,
    group,
    ...(warnings.length === 0 ? {} : { warnings }),
  });
  const preferred = replicas.find(({ isPreferred }) => isPreferred);
  if (preferred !== undefined) return { target: targetOn(preferred), problem: undefined };

  const primary = replicas.find(({ server }) => server.primaryOf.includes(group));
  const substitute = primary ?? replicas[0];
  if (substitute === undefined) throw new Error(`${group} has ${database} nowhere`);
  const members = new Set(
    seen.flatMap(({ replicas: known }) => known.filter((replica) => replica.group === group).map(({ name }) => name)),
  );
  const missing = silent.filter(({ name }) => name !== undefined && members.has(name));
  const role = primary === undefined ? 'a secondary' : 'the primary';
  if (missing.length > 0) {
    const names = missing.map(({ name = '', problem }) => `${name}: ${problem.message}`).join('; ');
    const warning = `no replica of ${group} that is preferred for backups could be reached (${names}); ${database} was taken from ${role}`;
    return { target: targetOn(substitute, [warning]), problem: undefined };
  }
  return { target: targetOn(substitute), problem: nobodyPreferred({ database, group }, role) };
}

/** Every job that only asks whether its own replica is preferred backs up nothing here, and is green. */
function nobodyPreferred({ database, group }: GroupDatabase, role: string): DatabaseOutcome {
  const problem: Problem = {
    code: 'sql.no-replica',
    message: `every replica of ${group} answers and none is preferred for backups of ${database}; it was taken from ${role}`,
    hint: 'Give at least one replica that the backup preference allows a BACKUP_PRIORITY above 0.',
  };
  return { target: { server: group, database, group }, outcome: { status: 'failed', problem } };
}

/** Asked of the servers that may have it; they say why not. */
function nobodyHas(database: string, configured: readonly string[], { silent }: Servers): DatabaseTarget[] {
  const quiet = configured.filter((address) => silent.some((server) => server.address === address));
  return (quiet.length > 0 ? quiet : configured).map((server) => ({ server, database }));
}

/** Every server has its own. */
const ofEveryServer = new Set(['master', 'model', 'msdb']);

/** No server is passed over in silence because others have what was asked for: it is a target of what it has, or may have. */
function unheard(
  targets: readonly DatabaseTarget[],
  databases: readonly string[],
  { configured, silent }: { readonly configured: readonly string[]; readonly silent: readonly SilentServer[] },
): DatabaseTarget[] {
  const isGrouped = (database: string) => targets.some((target) => target.database === database && target.group !== undefined);
  const mayHave = (address: string, database: string) =>
    configured.includes(address) ? !isGrouped(database) : ofEveryServer.has(database.toLowerCase());
  return silent
    .flatMap(({ address }) =>
      databases.filter((database) => mayHave(address, database)).map((database) => ({ server: address, database })),
    )
    .filter(({ server, database }) => !targets.some((target) => target.server === server && target.database === database));
}

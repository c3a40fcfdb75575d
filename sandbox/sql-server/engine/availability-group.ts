import { randomUUID } from 'node:crypto';
import { startListener, type Listener } from './listener';
import type { Database, Databases } from './databases';

export const backupPreferences = ['primary', 'secondary_only', 'secondary', 'none'] as const;
export type BackupPreference = (typeof backupPreferences)[number];

export interface AvailabilityGroupOptions {
  /** `ag` unless given. */
  readonly name?: string;
  readonly databases: readonly string[];
  /** `secondary` unless given, as SQL Server has it. */
  readonly preference?: BackupPreference;
  /** `ag-listener` unless given. */
  readonly dnsName?: string;
  /** True: when the primary ends, a connected synchronous secondary takes its place. Default false. */
  readonly automaticFailover?: boolean;
}

export interface ReplicaOptions {
  /** 0 to 100; 50 unless given, 0 takes no backups. */
  readonly backupPriority?: number;
  readonly asynchronous?: boolean;
  /** Whom a secondary lets in: nobody, those with read-only intent, or all. `NO` unless given. */
  readonly readable?: 'NO' | 'READ_ONLY' | 'ALL';
}

export type ReplicaRole = 'RESOLVING' | 'PRIMARY' | 'SECONDARY';

export interface Replica {
  readonly id: string;
  /** Name of its server. */
  readonly name: string;
  readonly backupPriority: number;
  readonly asynchronous: boolean;
  readonly readable: 'NO' | 'READ_ONLY' | 'ALL';
  connected: boolean;
}

/** What a server that joins shows of itself to the group. */
export interface Member {
  readonly name: string;
  readonly port: number;
  readonly databases: Databases;
  /** Loses the connections that work in databases of the group. */
  dropWork(): void;
}

export interface AvailabilityGroup {
  readonly id: string;
  readonly name: string;
  readonly databases: readonly { readonly id: string; readonly name: string }[];
  preference: BackupPreference;
  readonly dnsName: string;
  /** Where the listener listens on 127.0.0.1; it always leads to the primary. */
  readonly port: number;
  replicas(): readonly Replica[];
  roleOf(server: string): ReplicaRole;
  /** The first server becomes the primary; a later one gets the databases of the group it does not have. */
  join(member: Member, options: ReplicaOptions): void;
  leave(server: string): void;
  /** Makes another server the primary, a connected secondary unless named, and drops what the old one was doing. */
  failover(to?: string): void;
  /** Leaves the group without a primary: every replica is resolving. */
  loseQuorum(): void;
  close(): Promise<void>;
}

/** An availability group for several pretend servers: give it to each as they start. */
export async function createAvailabilityGroup(options: AvailabilityGroupOptions): Promise<AvailabilityGroup> {
  const replicas: Replica[] = [];
  const members = new Map<string, Member>();
  let primary: string | undefined;
  const primaryMember = () => (primary === undefined ? undefined : members.get(primary));
  const listener: Listener = await startListener(() => primaryMember()?.port);
  const databases = options.databases.map((name) => ({ id: randomUUID().toUpperCase(), name }));

  const become = (server: string | undefined) => {
    primaryMember()?.dropWork();
    listener.dropAll();
    primary = server;
  };

  return {
    id: randomUUID().toUpperCase(),
    name: options.name ?? 'ag',
    databases,
    preference: options.preference ?? 'secondary',
    dnsName: options.dnsName ?? 'ag-listener',
    port: listener.port,
    replicas: () => replicas,
    roleOf: (server) => (primary === undefined ? 'RESOLVING' : server === primary ? 'PRIMARY' : 'SECONDARY'),
    join(member, given) {
      const known = replicas.find(({ name }) => name === member.name);
      if (known === undefined) replicas.push(createReplica(member.name, given));
      else known.connected = true;
      members.set(member.name, member);
      primary ??= member.name;
      for (const { name } of databases) shareDatabase(name, primaryMember() ?? member, member);
    },
    leave(server) {
      members.delete(server);
      const replica = replicas.find(({ name }) => name === server);
      if (replica !== undefined) replica.connected = false;
      if (server !== primary) return;
      const next = replicas.find(({ connected, asynchronous }) => connected && !asynchronous);
      become(options.automaticFailover === true ? next?.name : undefined);
    },
    failover(to) {
      const target = replicas.find(({ name, connected }) => connected && name !== primary && (to === undefined || name === to));
      if (target === undefined) throw new Error(`There is no connected secondary ${to ?? ''}`);
      become(target.name);
    },
    loseQuorum: () => become(undefined),
    close: () => listener.close(),
  };
}

function createReplica(name: string, options: ReplicaOptions): Replica {
  return {
    id: randomUUID().toUpperCase(),
    name,
    backupPriority: options.backupPriority ?? 50,
    asynchronous: options.asynchronous ?? false,
    readable: options.readable ?? 'NO',
    connected: true,
  };
}

/** The copies of a database are one: changes to it show on every replica. */
function shareDatabase(name: string, from: Member, to: Member): void {
  const source: Database | undefined = from.databases.find(name);
  if (source === undefined) throw new Error(`${from.name} has no database ${name}`);
  if (from !== to) to.databases.share(source);
}

/** The databases of the group as one server knows them. */
export function groupDatabase(
  group: AvailabilityGroup | undefined,
  database: Pick<Database, 'name'>,
): AvailabilityGroup['databases'][number] | undefined {
  return group?.databases.find(({ name }) => name.toLowerCase() === database.name.toLowerCase());
}

/** What `sys.fn_hadr_backup_is_preferred_replica` goes by: the role the preference asks for, priority, then name. */
export function preferredReplica(group: AvailabilityGroup): string | undefined {
  const connected = group.replicas().filter((replica) => replica.connected);
  const ranked = connected
    .filter(({ backupPriority }) => backupPriority > 0)
    .toSorted((one, other) => other.backupPriority - one.backupPriority || (one.name < other.name ? -1 : 1));
  const primary = connected.find(({ name }) => group.roleOf(name) === 'PRIMARY')?.name;
  const secondary = ranked.find(({ name }) => group.roleOf(name) === 'SECONDARY')?.name;
  switch (group.preference) {
    case 'primary':
      return primary;
    case 'secondary_only':
      return secondary;
    case 'secondary':
      return secondary ?? primary;
    case 'none':
      return ranked[0]?.name;
  }
}

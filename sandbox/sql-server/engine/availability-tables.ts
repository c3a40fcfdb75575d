import type { Value } from '../tds/columns';
import { backupPreferences, type AvailabilityGroup, type Replica } from './availability-group';
import { hasServerPermission, requireServerState } from './permissions';
import { table, type TableContext, type TableReaders } from './table';

const readableKinds = ['NO', 'READ_ONLY', 'ALL'];
const roles = ['RESOLVING', 'PRIMARY', 'SECONDARY'];

interface Seen {
  readonly group: AvailabilityGroup;
  readonly replica: Replica;
  readonly isLocal: boolean;
}

/** Views of the availability group; empty on a server outside of one. */
export const availabilityTables: TableReaders = {
  'sys.availability_groups': (context) =>
    table(
      `group_id uniqueidentifier, name nvarchar, automated_backup_preference int, automated_backup_preference_desc nvarchar,
      is_distributed bit, cluster_type_desc nvarchar`,
      definitions(context).map((group) => [
        group.id,
        group.name,
        backupPreferences.indexOf(group.preference),
        group.preference.toUpperCase(),
        false,
        'WSFC',
      ]),
    ),
  'sys.availability_replicas': (context) =>
    table(
      `replica_id uniqueidentifier, group_id uniqueidentifier, replica_server_name nvarchar, endpoint_url nvarchar,
      availability_mode int, availability_mode_desc nvarchar, failover_mode_desc nvarchar, backup_priority int,
      secondary_role_allow_connections int, secondary_role_allow_connections_desc nvarchar`,
      definitions(context).flatMap((group) => group.replicas().map((replica) => describeReplica(group, replica))),
    ),
  'sys.availability_databases_cluster': (context) =>
    table(
      'group_id uniqueidentifier, group_database_id uniqueidentifier, database_name nvarchar',
      definitions(context).flatMap((group) => group.databases.map(({ id, name }) => [group.id, id, name])),
    ),
  'sys.availability_group_listeners': (context) =>
    table(
      'group_id uniqueidentifier, listener_id nvarchar, dns_name nvarchar, port int, is_conformant bit',
      definitions(context).map((group) => [group.id, `${group.id}-listener`, group.dnsName, group.port, true]),
    ),
  'sys.dm_hadr_availability_group_states': (context) =>
    table(
      'group_id uniqueidentifier, primary_replica nvarchar, synchronization_health_desc nvarchar',
      states(context)
        .slice(0, 1)
        .map(({ group }) => [group.id, primaryOf(group)?.name ?? '', healthOfGroup(group)]),
    ),
  'sys.dm_hadr_availability_replica_states': (context) =>
    table(
      `replica_id uniqueidentifier, group_id uniqueidentifier, is_local bit, role int, role_desc nvarchar,
      operational_state_desc nvarchar, connected_state int, connected_state_desc nvarchar, recovery_health_desc nvarchar,
      synchronization_health int, synchronization_health_desc nvarchar`,
      states(context).map(describeState),
    ),
  'sys.dm_hadr_database_replica_states': (context) =>
    table(
      `database_id int, group_id uniqueidentifier, replica_id uniqueidentifier, group_database_id uniqueidentifier, is_local bit,
      is_primary_replica bit, synchronization_state int, synchronization_state_desc nvarchar, synchronization_health_desc nvarchar,
      database_state_desc nvarchar, is_suspended bit, log_send_queue_size bigint, redo_queue_size bigint`,
      states(context).flatMap((seen) => describeDatabases(seen, context)),
    ),
};

function definitions({ server, session }: TableContext): AvailabilityGroup[] {
  return server.group !== undefined && hasServerPermission(session.login, 'VIEW ANY DEFINITION') ? [server.group] : [];
}

/** A primary knows the state of every replica, any other only its own. */
function states({ server, session }: TableContext): Seen[] {
  requireServerState(session.login);
  const { group } = server;
  if (group === undefined) return [];
  const seen = group.replicas().map((replica) => ({ group, replica, isLocal: replica.name === server.name }));
  return group.roleOf(server.name) === 'PRIMARY' ? seen : seen.filter(({ isLocal }) => isLocal);
}

function describeReplica(group: AvailabilityGroup, replica: Replica): Value[] {
  const host = replica.name.split('\\')[0] ?? replica.name;
  return [
    replica.id,
    group.id,
    replica.name,
    `TCP://${host}:5022`,
    replica.asynchronous ? 0 : 1,
    replica.asynchronous ? 'ASYNCHRONOUS_COMMIT' : 'SYNCHRONOUS_COMMIT',
    replica.asynchronous ? 'MANUAL' : 'AUTOMATIC',
    replica.backupPriority,
    readableKinds.indexOf(replica.readable),
    replica.readable,
  ];
}

function describeState({ group, replica, isLocal }: Seen): Value[] {
  const role = replica.connected ? group.roleOf(replica.name) : 'RESOLVING';
  const healthy = isHealthy(group, replica);
  return [
    replica.id,
    group.id,
    isLocal,
    roles.indexOf(role),
    role,
    isLocal ? 'ONLINE' : null,
    replica.connected ? 1 : 0,
    replica.connected ? 'CONNECTED' : 'DISCONNECTED',
    isLocal ? 'ONLINE' : null,
    healthy ? 2 : 0,
    healthy ? 'HEALTHY' : 'NOT_HEALTHY',
  ];
}

function describeDatabases({ group, replica, isLocal }: Seen, { server }: TableContext): Value[][] {
  const isPrimary = group.roleOf(replica.name) === 'PRIMARY';
  const healthy = isHealthy(group, replica);
  const [state, description] = !healthy
    ? [0, 'NOT SYNCHRONIZING']
    : replica.asynchronous && !isPrimary
      ? [1, 'SYNCHRONIZING']
      : [2, 'SYNCHRONIZED'];
  return group.databases.map(({ id, name }) => [
    server.databases.find(name)?.id ?? null,
    group.id,
    replica.id,
    id,
    isLocal,
    isPrimary,
    state,
    description,
    healthy ? 'HEALTHY' : 'NOT_HEALTHY',
    isLocal ? 'ONLINE' : null,
    false,
    0,
    0,
  ]);
}

function primaryOf(group: AvailabilityGroup): Replica | undefined {
  return group.replicas().find(({ name }) => group.roleOf(name) === 'PRIMARY');
}

function isHealthy(group: AvailabilityGroup, replica: Replica): boolean {
  return replica.connected && primaryOf(group) !== undefined;
}

function healthOfGroup(group: AvailabilityGroup): string {
  const healthy = group.replicas().filter((replica) => isHealthy(group, replica)).length;
  return healthy === 0 ? 'NOT_HEALTHY' : healthy === group.replicas().length ? 'HEALTHY' : 'PARTIALLY_HEALTHY';
}

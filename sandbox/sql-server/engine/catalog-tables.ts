import type { Value } from '../tds/columns';
import { groupDatabase } from './availability-group';
import type { Database } from './databases';
import { hasServerPermission, requireServerState } from './permissions';
import type { ServerState } from './server-state';
import { table, type TableReaders } from './table';

const states = ['ONLINE', 'RESTORING', 'RECOVERING', 'RECOVERY_PENDING', 'SUSPECT', 'EMERGENCY', 'OFFLINE'];
const recoveryModels = ['', 'FULL', 'BULK_LOGGED', 'SIMPLE'];
const userAccesses = ['MULTI_USER', 'SINGLE_USER', 'RESTRICTED_USER'];
const pageSize = 8192;
const encrypted = 3;
const firstObjectId = 245575913;

/** sys.databases and the views about files, encryption and settings. */
export const catalogTables: TableReaders = {
  'sys.databases': ({ server }) =>
    table(
      `name nvarchar, database_id int, source_database_id int, create_date datetime, compatibility_level int, collation_name nvarchar,
      user_access int, user_access_desc nvarchar, is_read_only bit, state int, state_desc nvarchar, is_in_standby bit,
      recovery_model int, recovery_model_desc nvarchar, log_reuse_wait_desc nvarchar, containment int, containment_desc nvarchar,
      is_encrypted bit, replica_id uniqueidentifier, group_database_id uniqueidentifier`,
      server.databases.list().map((database) => describe(database, server)),
    ),
  'sys.master_files': ({ server, session }) => {
    const mayLook = ['CREATE ANY DATABASE', 'ALTER ANY DATABASE', 'VIEW ANY DEFINITION'].some((permission) =>
      hasServerPermission(session.login, permission),
    );
    return table(
      `database_id int, file_id int, type int, type_desc nvarchar, name nvarchar, physical_name nvarchar, state int,
      state_desc nvarchar, size int`,
      mayLook ? server.databases.list().flatMap(filesOf) : [],
    );
  },
  'sys.database_files': ({ database }) =>
    table(
      'file_id int, type int, type_desc nvarchar, name nvarchar, physical_name nvarchar, state int, state_desc nvarchar, size int',
      filesOf(database).map((row) => row.slice(1)),
    ),
  'sys.tables': ({ database }) =>
    table(
      'name nvarchar, object_id int, type nvarchar, type_desc nvarchar, is_ms_shipped bit',
      Object.keys(database.tables).map((name, index) => [nameOf(name), firstObjectId + index, 'U', 'USER_TABLE', false]),
    ),
  // Each table is one clustered index in one partition.
  'sys.partitions': ({ database }) =>
    table(
      'partition_id bigint, object_id int, index_id int, partition_number int, rows bigint',
      Object.values(database.tables).map((rows, index) => [index + 1, firstObjectId + index, 1, 1, rows]),
    ),
  'information_schema.tables': ({ database }) =>
    table(
      'table_catalog nvarchar, table_schema nvarchar, table_name nvarchar, table_type nvarchar',
      Object.keys(database.tables).map((name) => [database.name, schemaOf(name), nameOf(name), 'BASE TABLE']),
    ),
  'sys.dm_database_encryption_keys': ({ server, session }) => {
    requireServerState(session.login);
    const databases = server.databases.list();
    const shown = databases.filter(
      ({ name, encrypted: own }) => own || (name === 'tempdb' && databases.some((database) => database.encrypted)),
    );
    return table(
      'database_id int, encryption_state int, percent_complete float, key_algorithm nvarchar, key_length int, encryptor_type nvarchar',
      shown.map(({ id }) => [id, encrypted, 0, 'AES', 256, 'CERTIFICATE']),
    );
  },
  'sys.configurations': ({ server }) =>
    table(
      'configuration_id int, name nvarchar, value int, value_in_use int',
      [...server.configurations].map(([name, value], index) => [100 + index, name, value, value]),
    ),
};

function describe(database: Database, server: ServerState): Value[] {
  const source = database.snapshotOf === undefined ? undefined : server.databases.find(database.snapshotOf);
  const grouped = groupDatabase(server.group, database);
  return [
    database.name,
    database.id,
    source?.id ?? null,
    database.createdAt ?? server.startedAt,
    database.compatibilityLevel,
    database.collation,
    userAccesses.indexOf(database.userAccess),
    database.userAccess,
    database.readOnly,
    states.indexOf(database.state),
    database.state,
    database.standby,
    recoveryModels.indexOf(database.recoveryModel),
    database.recoveryModel,
    database.logReuseWait,
    database.contained ? 1 : 0,
    database.contained ? 'PARTIAL' : 'NONE',
    database.encrypted,
    grouped === undefined ? null : (server.group?.replicas().find(({ name }) => name === server.name)?.id ?? null),
    grouped?.id ?? null,
  ];
}

function nameOf(table: string): string {
  return table.slice(table.indexOf('.') + 1);
}

function schemaOf(table: string): string {
  return table.slice(0, table.indexOf('.'));
}

function filesOf(database: Database): Value[][] {
  return database.files.map((file, index) => [
    database.id,
    index + 1,
    file.type === 'LOG' ? 1 : 0,
    file.type,
    file.name,
    file.physicalName,
    0,
    'ONLINE',
    Math.ceil(file.size / pageSize),
  ]);
}

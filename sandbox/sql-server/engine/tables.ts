import type { Column, Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';
import type { ServerState } from './server-state';

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

type TableReader = (server: ServerState) => Table;

const states = ['ONLINE', 'RESTORING', 'RECOVERING', 'RECOVERY_PENDING', 'SUSPECT', 'EMERGENCY', 'OFFLINE'];
const recoveryModels = ['', 'FULL', 'BULK_LOGGED', 'SIMPLE'];

/** Everything that can be selected from, by the name a statement uses. */
const tables: Readonly<Record<string, TableReader>> = {
  'sys.databases': (server) =>
    table(
      'name nvarchar, database_id int, state int, state_desc nvarchar, recovery_model int, recovery_model_desc nvarchar, ' +
        'log_reuse_wait_desc nvarchar, containment int, containment_desc nvarchar, is_read_only bit, is_encrypted bit',
      server.databases
        .list()
        .map((database) => [
          database.name,
          database.id,
          states.indexOf(database.state),
          database.state,
          recoveryModels.indexOf(database.recoveryModel),
          database.recoveryModel,
          database.logReuseWait,
          database.contained ? 1 : 0,
          database.contained ? 'PARTIAL' : 'NONE',
          false,
          false,
        ]),
    ),
  'sys.dm_exec_requests': (server) =>
    table(
      'session_id int, command nvarchar, status nvarchar, database_id int, percent_complete float, start_time datetime',
      [...server.running].map((run) => [run.sessionId, 'BACKUP DATABASE', 'running', run.databaseId, run.percent, run.startedAt]),
    ),
  'sys.dm_exec_sessions': (server) =>
    table(
      'session_id int, login_name nvarchar, program_name nvarchar, host_name nvarchar',
      [...server.sessions.values()].map((session) => [session.id, session.login.name, session.applicationName, session.hostName]),
    ),
  'msdb.dbo.backupset': (server) =>
    table(
      'backup_set_id int, backup_set_uuid uniqueidentifier, media_set_id int, name nvarchar, user_name nvarchar, database_name nvarchar, ' +
        'server_name nvarchar, type nvarchar, recovery_model nvarchar, is_copy_only bit, has_backup_checksums bit, is_damaged bit, ' +
        'backup_size numeric, compressed_backup_size numeric, first_lsn numeric, last_lsn numeric, checkpoint_lsn numeric, ' +
        'database_backup_lsn numeric, backup_start_date datetime, backup_finish_date datetime, time_zone int',
      server.history
        .list()
        .map((backup) => [
          backup.id,
          backup.guid,
          backup.id,
          backup.name,
          backup.userName,
          backup.database,
          backup.serverName,
          'D',
          backup.recoveryModel,
          backup.copyOnly,
          backup.checksums,
          backup.damaged,
          BigInt(backup.size),
          BigInt(backup.compressedSize),
          backup.firstLsn,
          backup.lastLsn,
          backup.checkpointLsn,
          backup.databaseBackupLsn,
          backup.startedAt,
          backup.finishedAt,
          backup.timeZone,
        ]),
    ),
  'msdb.dbo.backupmediafamily': (server) =>
    table(
      'media_set_id int, family_sequence_number int, physical_device_name nvarchar, device_type int',
      server.history.list().map((backup) => [backup.id, 1, backup.path, 2]),
    ),
};

export function readTable(server: ServerState, object: string): Table {
  const read = tables[object] ?? tables[object.replace(/^master\./, '')];
  if (read === undefined) throw sqlError(208, `Invalid object name '${object}'.`);
  return read(server);
}

function table(columns: string, rows: Value[][]): Table {
  return {
    rows,
    columns: columns.split(', ').map((column) => {
      const [name, type] = column.split(' ');
      return { name, type } as Column;
    }),
  };
}

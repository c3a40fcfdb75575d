import type { Value } from '../tds/columns';
import type { BackupRecord } from './backup-history';
import { table, type TableReaders } from './table';

const diskDevice = 2;
const urlDevice = 9;

/** What msdb remembers of backups. */
export const historyTables: TableReaders = {
  'dbo.backupset': ({ server }) =>
    table(
      `backup_set_id int, backup_set_uuid uniqueidentifier, media_set_id int, name nvarchar, description nvarchar, user_name nvarchar,
      database_name nvarchar, server_name nvarchar, machine_name nvarchar, type nvarchar, recovery_model nvarchar, is_copy_only bit,
      has_backup_checksums bit, is_damaged bit, backup_size numeric, compressed_backup_size numeric, first_lsn numeric,
      last_lsn numeric, checkpoint_lsn numeric, database_backup_lsn numeric, backup_start_date datetime, backup_finish_date datetime,
      time_zone int`,
      server.history.list().map(describe),
    ),
  'dbo.backupmediaset': ({ server }) =>
    table(
      'media_set_id int, media_uuid uniqueidentifier, media_family_count int, name nvarchar, is_compressed bit, mtf_minor_version int',
      server.history
        .list()
        .map((backup) => [
          backup.mediaSetId,
          backup.mediaSetGuid,
          backup.devices.length,
          backup.mediaName || null,
          backup.compressed,
          1,
        ]),
    ),
  'dbo.backupmediafamily': ({ server }) =>
    table(
      'media_set_id int, family_sequence_number int, media_count int, physical_device_name nvarchar, device_type int, mirror int',
      server.history
        .list()
        .flatMap((backup) => backup.devices.map((device, index) => describeFamily(backup.mediaSetId, device, index + 1))),
    ),
};

function describeFamily(mediaSetId: number, device: string, sequence: number): Value[] {
  return [mediaSetId, sequence, 1, device, /^https?:/i.test(device) ? urlDevice : diskDevice, 0];
}

function describe(backup: BackupRecord): Value[] {
  return [
    backup.id,
    backup.guid,
    backup.mediaSetId,
    backup.name || null,
    backup.description || null,
    backup.userName,
    backup.database,
    backup.serverName,
    backup.serverName.split('\\')[0] ?? '',
    backup.type,
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
  ];
}

import type { BackupFile } from '../backup/read-backup';
import type { Column, Value } from '../tds/columns';
import type { RunContext } from './run-backup';

type Field = readonly [name: string, type: Column['type'], value: Value];

/** Database versions by the first number of the server's. */
export const databaseVersions: Readonly<Record<number, number>> = {
  11: 706,
  12: 782,
  13: 852,
  14: 869,
  15: 904,
  16: 957,
  17: 998,
};

export function describeHeader(file: BackupFile, { server, reply }: RunContext): void {
  const { facts } = file;
  const fields: Field[] = [
    ['BackupName', 'nvarchar', file.name || null],
    ['BackupDescription', 'nvarchar', file.description || null],
    ['BackupType', 'int', 1],
    ['Compressed', 'bit', file.compressed],
    ['Position', 'int', 1],
    ['DeviceType', 'int', 2],
    ['UserName', 'nvarchar', file.userName],
    ['ServerName', 'nvarchar', facts.serverName],
    ['DatabaseName', 'nvarchar', facts.database],
    ['DatabaseVersion', 'int', databaseVersions[facts.softwareMajor] ?? 957],
    ['BackupSize', 'numeric', BigInt(facts.size)],
    ['FirstLSN', 'numeric', facts.firstLsn],
    ['LastLSN', 'numeric', facts.lastLsn],
    ['CheckpointLSN', 'numeric', facts.checkpointLsn],
    ['DatabaseBackupLSN', 'numeric', facts.databaseBackupLsn],
    ['BackupStartDate', 'datetime', facts.startedAt],
    ['BackupFinishDate', 'datetime', facts.finishedAt],
    ['CompatibilityLevel', 'int', file.content.compatibilityLevel],
    ['SoftwareVersionMajor', 'int', facts.softwareMajor],
    ['SoftwareVersionMinor', 'int', 0],
    ['SoftwareVersionBuild', 'int', facts.softwareBuild],
    ['MachineName', 'nvarchar', facts.serverName.split('\\')[0] ?? ''],
    ['Collation', 'nvarchar', file.content.collation],
    ['HasBackupChecksums', 'bit', facts.checksums],
    ['IsDamaged', 'bit', facts.damaged],
    ['IsCopyOnly', 'bit', facts.copyOnly],
    ['RecoveryModel', 'nvarchar', facts.recoveryModel],
    ['BackupTypeDescription', 'nvarchar', 'Database'],
    ['BackupSetGUID', 'uniqueidentifier', facts.guid],
    ['CompressedBackupSize', 'bigint', file.size],
    ['Containment', 'int', file.content.contained ? 1 : 0],
  ];
  if (Number(server.version.split('.')[0]) >= 16) fields.push(['TimeZone', 'int', file.timeZone]);
  answer([fields], reply);
}

export function describeFiles(file: BackupFile, { reply }: RunContext): void {
  const rows = file.content.files.map((stored, index): Field[] => [
    ['LogicalName', 'nvarchar', stored.name],
    ['PhysicalName', 'nvarchar', stored.physicalName],
    ['Type', 'nvarchar', stored.type === 'LOG' ? 'L' : 'D'],
    ['FileGroupName', 'nvarchar', stored.type === 'LOG' ? null : 'PRIMARY'],
    ['Size', 'numeric', BigInt(stored.size)],
    ['MaxSize', 'numeric', 35184372080640n],
    ['FileId', 'bigint', index + 1],
    ['BackupSizeInBytes', 'bigint', stored.type === 'LOG' ? 0 : stored.size],
    ['IsPresent', 'bit', true],
  ]);
  answer(rows, reply);
}

/** What RESTORE LABELONLY tells of the one file it looks at. */
export function describeLabel(file: BackupFile, { reply }: RunContext): void {
  const { family, facts } = file;
  const fields: Field[] = [
    ['MediaName', 'nvarchar', file.mediaName || null],
    ['MediaSetId', 'uniqueidentifier', file.mediaSetGuid],
    ['FamilyCount', 'int', family.count],
    ['FamilySequenceNumber', 'int', family.number],
    ['MediaSequenceNumber', 'int', 1],
    ['MediaLabelPresent', 'int', 0],
    ['MediaDescription', 'nvarchar', null],
    ['SoftwareName', 'nvarchar', 'Microsoft SQL Server'],
    ['SoftwareVendorId', 'int', 4608],
    ['MediaDate', 'datetime', facts.startedAt],
    ['MirrorCount', 'int', 1],
    ['IsCompressed', 'bit', file.compressed],
  ];
  answer([fields], reply);
}

function answer(rows: readonly Field[][], reply: RunContext['reply']): void {
  reply.rows(
    (rows[0] ?? []).map(([name, type]) => ({ name, type })),
    rows.map((fields) => fields.map(([, , value]) => value)),
  );
}

import { isIntact, readBackupFile, type BackupFile } from '../backup/read-backup';
import type { Column, Value } from '../tds/columns';
import type { Restore } from '../tsql/statements';
import { deviceError, localPath, wrapped } from './backup-device';
import type { RunContext } from './run-backup';

type Action = (restore: Restore, file: BackupFile, context: RunContext) => Promise<void>;

const actions: Readonly<Record<Restore['action'], Action>> = {
  VERIFYONLY: verifyOnly,
  HEADERONLY: headerOnly,
  FILELISTONLY: fileListOnly,
};

const databaseVersions: Readonly<Record<number, number>> = { 11: 706, 12: 782, 13: 852, 14: 869, 15: 904, 16: 957 };

/** RESTORE VERIFYONLY, HEADERONLY and FILELISTONLY: they read the file, nothing is restored. */
export async function runRestore(restore: Restore, context: RunContext): Promise<void> {
  const statement = nameOf(restore);
  if (context.session.login.mayBackUp === false) {
    throw wrapped(
      { number: 262, class: 14, state: 1, text: "CREATE DATABASE permission denied in database 'master'." },
      statement,
    );
  }
  const file = await readBackupFile(localPath(context.server, restore.path)).catch((error: unknown) => {
    throw deviceError(restore.path, error, statement);
  });
  if (file === undefined) {
    const text = `The media family on device '${restore.path}' is incorrectly formed. SQL Server cannot process this media family.`;
    throw wrapped({ number: 3241, class: 16, state: 0, text }, statement);
  }
  await actions[restore.action](restore, file, context);
}

function nameOf(restore: Restore): string {
  return restore.action === 'VERIFYONLY' ? 'VERIFY DATABASE' : `RESTORE ${restore.action}`;
}

/** Page checksums are only looked at when the set has them, so damage in a set without them passes, as on a real server. */
async function verifyOnly(restore: Restore, file: BackupFile, context: RunContext): Promise<void> {
  const statement = nameOf(restore);
  if (restore.options.has('CHECKSUM') && !file.facts.checksums) {
    const text = 'RESTORE WITH CHECKSUM cannot be specified because the backup set does not contain checksum information.';
    throw wrapped({ number: 3187, class: 16, state: 1, text }, statement);
  }
  const checks = file.facts.checksums && !restore.options.has('NO_CHECKSUM');
  if (checks && !(await isIntact(localPath(context.server, restore.path)))) {
    throw wrapped({ number: 3189, class: 16, state: 1, text: 'Damage to the backup set was detected.' }, statement);
  }
  context.reply.message({ number: 3262, class: 10, state: 1, text: 'The backup set on file 1 is valid.' });
}

async function headerOnly(_restore: Restore, file: BackupFile, { server, reply }: RunContext): Promise<void> {
  const { facts } = file;
  const fields: [string, Column['type'], Value][] = [
    ['BackupName', 'nvarchar', file.name || null],
    ['BackupDescription', 'nvarchar', null],
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
    ['SoftwareVersionMajor', 'int', facts.softwareMajor],
    ['SoftwareVersionMinor', 'int', 0],
    ['SoftwareVersionBuild', 'int', facts.softwareBuild],
    ['MachineName', 'nvarchar', facts.serverName.split('\\')[0] ?? ''],
    ['HasBackupChecksums', 'bit', facts.checksums],
    ['IsDamaged', 'bit', facts.damaged],
    ['IsCopyOnly', 'bit', facts.copyOnly],
    ['RecoveryModel', 'nvarchar', facts.recoveryModel],
    ['BackupTypeDescription', 'nvarchar', 'Database'],
    ['BackupSetGUID', 'uniqueidentifier', facts.guid],
    ['CompressedBackupSize', 'bigint', file.size],
  ];
  if (Number(server.version.split('.')[0]) >= 16) fields.push(['TimeZone', 'int', file.timeZone]);
  reply.rows(
    fields.map(([name, type]) => ({ name, type })),
    [fields.map(([, , value]) => value)],
  );
}

async function fileListOnly(_restore: Restore, file: BackupFile, { reply }: RunContext): Promise<void> {
  const { database, size } = file.facts;
  const columns: Column[] = [
    { name: 'LogicalName', type: 'nvarchar' },
    { name: 'PhysicalName', type: 'nvarchar' },
    { name: 'Type', type: 'nvarchar' },
    { name: 'FileGroupName', type: 'nvarchar' },
    { name: 'Size', type: 'numeric' },
    { name: 'FileId', type: 'bigint' },
  ];
  reply.rows(columns, [
    [database, `C:\\Data\\${database}.mdf`, 'D', 'PRIMARY', BigInt(size), 1],
    [`${database}_log`, `C:\\Data\\${database}_log.ldf`, 'L', null, 1048576n, 2],
  ]);
}

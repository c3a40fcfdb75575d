import { backupKey } from './database-keys';
import { transferSizes } from './edition';
import { applicationName } from './open-locked-session';
import { database, devices, explain, names, runId, type ExplainedStatement } from './explained-statement';
import * as drill from './drill/statements';
import { copyName, copyPattern } from './drill/copy-names';
import * as restore from './restore/statements';
import * as routing from './routing/statements';
import * as sql from './statements';

const container = 'https://account.blob.core.windows.net/hubkeep-sql';
const blobs = [0, 1].map((stripe): sql.BackupDevice => ({
  kind: 'url',
  name: `${container}/${backupKey({ runId, server: 'sql1', database, round: 1 }, stripe)}`,
}));
/** Stands for the signature, which is made when it is sent and never shown. */
const credential: sql.UrlCredential = { name: container, secret: '<shared access signature>' };
const backup: sql.BackupOptions = { database, devices: devices.slice(0, 1), setName: names[0] ?? '', compression: true };

/** Everything that is ever sent to a SQL Server, in the order of a backup, made by the functions that send it. */
export function everyStatement(): ExplainedStatement[] {
  return [
    ...choice(),
    ...credentials(),
    ...preparation(),
    explain('backup', 'Takes the backup.', sql.backupDatabase(backup)),
    explain(
      'backup-striped',
      'Takes the backup of a large database into several files.',
      sql.backupDatabase({ ...backup, devices }),
    ),
    explain(
      'backup-uncompressed',
      'Takes the backup where the edition cannot compress it.',
      sql.backupDatabase({ ...backup, compression: false }),
    ),
    explain(
      'backup-encrypted',
      'Takes the backup of a database with TDE, before SQL Server 2019 CU5.',
      sql.backupDatabase({ ...backup, maxTransferSize: 1024 * 1024 }),
    ),
    explain(
      'backup-to-url',
      'Takes the backup into blobs, with SQL_BACKUP_MODE=url.',
      sql.backupDatabase({ ...backup, devices: blobs, ...urlSizes }),
    ),
    ...observation(),
    ...proof(),
    ...devices
      .slice(0, 1)
      .map(({ name }) =>
        explain(
          'delete-file',
          'Removes a backup file once it is stored, where SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL.',
          sql.deleteBackupFile(name),
        ),
      ),
    explain('drop-credential', 'Takes the signature from the server after its last backup.', sql.dropCredential(container)),
  ];
}

const urlSizes = transferSizes({ kind: 'url', compression: true, encrypted: false, version: '16.0' });

function credentials(): ExplainedStatement[] {
  return [
    explain('server-right', 'Whether SQL_USER may create credentials, with SQL_BACKUP_MODE=url.', sql.serverRight, {
      permission: 'ALTER ANY CREDENTIAL',
    }),
    explain(
      'create-credential',
      'Lets the server write to the container, for the time of the run; the signature is shown nowhere.',
      sql.createCredential(credential),
    ),
    explain('alter-credential', 'The same where a credential of that name is left over.', sql.alterCredential(credential)),
  ];
}

function choice(): ExplainedStatement[] {
  return [
    explain('server-name', 'The name of the server, and whether it can be in availability groups.', routing.serverName),
    explain('database-names', 'Which databases the server has.', routing.databaseNames),
    explain('group-databases', 'Which of them belong to an availability group.', routing.groupDatabases),
    explain('group-replicas', 'Where the other replicas are.', routing.groupReplicas),
    explain('group-primary', 'Of which groups this server is the primary.', routing.primaryOf),
    explain('preferred-replica', 'Whether this server should take the backups of the database.', routing.isPreferredReplica, {
      database,
    }),
  ];
}

function preparation(): ExplainedStatement[] {
  const lock = { resource: `hubkeep:${database}`, waitMs: 10_000 };
  const right = { database: sql.quoteName(database), permission: 'BACKUP DATABASE' };
  return [
    explain(
      'lock',
      'Keeps two backups of one database by Hubkeep apart; ends with the connection.',
      sql.acquireSessionLock,
      lock,
    ),
    explain('server', 'What the server is, for the record.', sql.serverFacts),
    explain(
      'contained-authentication',
      'Whether users of contained databases can sign in, for the record.',
      sql.containedAuthentication,
    ),
    explain('databases', 'Finds the database and its state.', sql.listDatabases),
    explain('server-rights', 'What SQL_USER may do on the server, asked before anything is written.', sql.serverRights),
    explain(
      'database-right',
      'Whether SQL_USER has a permission in the database; also asked for VIEW DEFINITION.',
      sql.databaseRight,
      right,
    ),
    explain(
      'files',
      'Names, places and sizes of the files of the database, for the record and for the number of stripes.',
      sql.listFiles,
      {
        databaseId: 5,
      },
    ),
    explain('users', 'How many users the database has, for the record.', sql.countUsers(database)),
    explain('user-names', 'Names of the first users and how they sign in, for the record.', sql.listUsers(database)),
    explain('log-backup', 'When somebody last backed up the log.', sql.findLastLogBackup, { database }),
    explain('session', 'The number of the own session, under which its progress is found.', sql.ownSessionId),
  ];
}

function observation(): ExplainedStatement[] {
  return [
    explain(
      'progress',
      'How far the backup or its verification is; every few seconds, over a second connection.',
      sql.findProgress,
      {
        sessionId: 57,
      },
    ),
    explain('running', 'Whether the backup still runs after its connection broke.', sql.findRunningBackup, {
      database,
      program: applicationName({ runId }),
    }),
    explain('kill', 'Stops a backup of this run that was given up and runs on without a connection.', sql.killSession(57)),
  ];
}

function proof(): ExplainedStatement[] {
  return [
    explain('history', 'What the history of the server says of the backup and its files.', sql.findBackupByName, {
      name: backup.setName,
    }),
    ...devices
      .slice(0, 1)
      .map((first) => explain('header', 'What the file says of itself, where there is no history.', sql.readBackupHeader(first))),
    explain('verify', 'Has the server read back what it wrote.', sql.verifyBackup(devices)),
    ...blobs.slice(0, 1).map((first) => explain('header-url', 'The same of a blob.', sql.readBackupHeader(first))),
    explain('verify-url', 'Has the server read back the blobs it wrote.', sql.verifyBackup(blobs)),
  ];
}

/** Everything that is sent beside it to a server that databases are restored to, and to that of a drill, in its order. */
export function everyRestoreStatement(): ExplainedStatement[] {
  const moves = [
    { logicalName: database, path: `E:\\Data\\${database}_1.mdf` },
    { logicalName: `${database}_log`, path: `F:\\Log\\${database}_2.ldf` },
  ];
  const options: restore.RestoreOptions = { database, devices, moves, replace: false };
  const copy = copyName({ id: runId, database, index: 0 });
  return [
    explain('directories', 'Where the server puts the files of new databases.', restore.defaultDirectories),
    explain('group', 'To which availability group a database belongs that is in the way.', restore.groupOf, { database }),
    ...devices.slice(0, 1).map((first) => explain('backup-files', 'Which files a backup holds.', restore.listBackupFiles(first))),
    explain('restore', 'Restores a database.', restore.restoreDatabase(options)),
    explain(
      'restore-over',
      'Restores over a database that is there, with --replace.',
      restore.restoreDatabase({ ...options, replace: true }),
    ),
    explain('restore-url', 'Restores a database from blobs.', restore.restoreDatabase({ ...options, devices: blobs })),
    explain('lent-credential', 'Whether a backup has taken over the credential by which blobs are read.', sql.findCredential, {
      name: container,
    }),
    explain('running-restore', 'Whether a restore still runs after it was given up.', restore.findRunningRestore, {
      program: applicationName({ runId }),
    }),
    explain('drill-copies', 'Finds copies of drills that died.', drill.findCopies, { pattern: copyPattern }),
    explain('drill-check', 'Checks the copy that a drill restored.', drill.checkDatabase(copy)),
    explain('drill-tables', 'How many tables the copy has.', drill.countTables(copy)),
    explain('drill-rows', 'How many rows they have.', drill.countRows(copy)),
    explain('drill-size', 'How large the files of the copy are.', drill.sizeOfFiles(copy)),
    explain('drill-drop', 'Drops the copy, and only databases of such names.', drill.dropDatabase(copy)),
  ];
}

import { database, devices, explain, type ExplainedStatement } from '../explained-statement';
import { grants } from '../statements';
import * as byHand from './statements';

/** What an operator runs so that the login may do all that; Hubkeep never sends them. */
export function everyGrant(login: string): ExplainedStatement[] {
  return [
    explain('login', 'Makes the login; put a password of yours in.', grants.login(login)),
    explain(
      'user',
      'Lets it into the database; once for each database, master among them, and for msdb.',
      grants.user(database, login),
    ),
    explain('grant-backup', 'To back up the database; once for each database.', grants.backUp(database, login)),
    explain('grant-verify', 'To verify backups.', grants.createDatabase(login)),
    explain('grant-credentials', 'To back up to blobs, with SQL_BACKUP_MODE=url.', grants.alterCredentials(login)),
    explain(
      'grant-delete',
      'To have backup files removed, where SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL; sysadmin needs it not.',
      grants.deleteBackupFiles(login),
    ),
    explain('grant-history', 'To prove backups by the history of the server.', grants.readHistory(login)),
    explain(
      'grant-files',
      'To record the files of databases, and to find the replicas of an availability group.',
      grants.seeFiles(login),
    ),
    explain('grant-users', 'To record the users of the database; once for each database.', grants.seeUsers(database, login)),
    explain(
      'grant-progress',
      'To see how far a backup is, and how long it still takes; also for availability groups.',
      grants.seeProgress(login),
    ),
    explain(
      'grant-stop',
      'To stop a backup whose connection broke, when it is given up; optional, and of use beside the one for progress.',
      grants.stopBackups(login),
    ),
  ];
}

/** What a runbook asks an operator to run when App Service is restored; Hubkeep never sends them. */
export function everyStatementByHand(): ExplainedStatement[] {
  const restore = { database, devices, moves: [{ logicalName: database, path: 'D:\\Data\\hosting.mdf' }] };
  const group = 'alwayson-ag';
  return [
    explain('look-at-server', 'Whether the target can take the databases.', byHand.lookAtServer),
    explain('allow-contained', 'Allows users that live in the databases.', byHand.allowContainedUsers),
    explain('look-at-backup', 'What a backup holds, and whether it can be read.', byHand.lookAtBackup(devices)),
    explain('leave-group', 'Takes a database out of its availability group.', byHand.leaveGroup(group, database)),
    explain('restore', 'Restores a database over the one of its name.', byHand.restoreDatabase({ ...restore, replace: true })),
    explain(
      'restore-aside',
      'Restores master under another name, to be read.',
      byHand.restoreDatabase({ ...restore, database: 'master-1-from-hubkeep', replace: false }),
    ),
    explain('look-at-database', 'Whether a database is sound.', byHand.lookAtDatabase(database)),
    explain('orphans', 'Users whose login is missing.', byHand.findOrphanedUsers(database)),
    explain('link-user', 'Links a user to the login of its name.', byHand.linkUser(database, 'web')),
    explain('drop-copy', 'Removes the old copy on a secondary.', byHand.dropCopy(database)),
    ...devices
      .slice(0, 1)
      .map((device) =>
        explain('prepare-for-group', 'What a database needs to join a group.', byHand.prepareForGroup(database, device)),
      ),
    explain('join-group', 'Brings a database back into its availability group.', byHand.joinGroup(group, database)),
  ];
}

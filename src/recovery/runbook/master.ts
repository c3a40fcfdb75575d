import type { RunbookStep } from '../../contracts/runbook';
import { devicesOf, movesOf, refuseUnwritable } from './backup-files';
import { lookAtBackup } from './database';
import { sqlcmdItems } from './sqlcmd';
import { list, note, say, warning } from './text';
import { backupDirectory, type KeptDatabase, type RunbookInput } from './tools';
import { pathBelow } from './quote';

/** It is there for its logins and never restored over the one of a running server. */
export function masterSteps(input: RunbookInput, kept: readonly KeptDatabase[]): RunbookStep[] {
  return kept.flatMap((backup, i): RunbookStep[] => {
    const id = `master-${i + 1}`;
    refuseUnwritable(backup);
    const moves = movesOf(backup).map(({ logicalName, path }) => ({
      logicalName,
      path: pathBelow(backupDirectory, `${id}-${path.replace(/^.*[\\/]/, '')}`),
    }));
    const statement = input.tools.sql.restoreDatabase({
      ...{ database: `${id}-from-hubkeep`, devices: devicesOf(backup), moves, replace: false },
    });
    return [
      lookAtBackup(input, backup, `check-${id}`),
      {
        title: say`Take from ${'master'} of ${backup.server} what is missing`,
        items: [
          warning(
            say`Do not restore ${'master'} over that of a running server: it replaces all its logins, settings and its list of databases, needs single-user mode, and the very same build.`,
          ),
          note(
            say`It is kept because logins live in it that are not contained in the databases. Needed only where those looks for missing logins found some. Better than anything from here is a login script that was kept.`,
          ),
          note(
            say`Otherwise restore it under another name, read what you need, and drop it. Logins in such a copy are seen over the dedicated administrator connection only (${'sqlcmd -A'}), in its system tables.`,
          ),
          ...sqlcmdItems(input, { id, backup, statement }),
          note(
            say`Make each login again with the password App Service knows, or with its old hash and ${'SID'}. Release notes name ${list(appServiceLogins)}, and one ${'WebWorker_'} for each worker.`,
          ),
        ],
      },
    ];
  });
}

const appServiceLogins = [
  ...['FileServer', 'HostingAdmin', 'LoadBalancer', 'Operations', 'Publisher', 'SecurePublisher', 'WebWorkerManager'].map(
    (role) => `appservice_hosting_${role}`,
  ),
  ...['Common', 'Operations'].map((role) => `appservice_metering_${role}`),
];

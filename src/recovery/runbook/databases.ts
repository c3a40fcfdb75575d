import type { RunbookItem, RunbookSection, RunbookStep } from '../../contracts/runbook';
import { bytesInWords } from '../../contracts/words';
import { namesOf } from './backup-files';
import { restoreSteps } from './database';
import { masterSteps } from './master';
import { bash, powershellPath, pathBelow } from './quote';
import { check, commandsOn, instant, note, say, withHubkeep } from './text';
import { backupDirectory, keptDatabases, type KeptDatabase, type RunbookInput } from './tools';

const onHost = commandsOn('recovery-host', 'bash');
const onSqlServer = commandsOn('sql-server', 'powershell');

/** The first of the three: databases, then share, then roles. */
export function databasesSection(input: RunbookInput): RunbookSection {
  const kept = keptDatabases(input.point);
  if (kept.length === 0) return { id: 'databases', title: 'Databases', steps: [nothingKept()] };
  const ordinary = kept.filter((backup) => !isMaster(backup));
  return {
    id: 'databases',
    title: 'Databases',
    steps: [
      overview(kept),
      fetchWithHubkeep(input),
      fetchWithout(kept),
      bringToServer(kept),
      ...ordinary.flatMap((backup, i) => restoreSteps(input, backup, i + 1)),
      ...masterSteps(input, kept.filter(isMaster)),
      forgetPassword(),
    ],
  };
}

function isMaster({ database }: KeptDatabase): boolean {
  return database.toLowerCase() === 'master';
}

function nothingKept(): RunbookStep {
  return {
    title: say`Nothing to restore from this point`,
    items: [check(say`Find a point that has the databases: ${'hubkeep list'}. App Service cannot be restored without them.`)],
  };
}

function overview(kept: readonly KeptDatabase[]): RunbookStep {
  return {
    title: say`What there is`,
    items: [
      {
        type: 'table',
        columns: ['Database', 'Server', 'Group', 'Finished', 'Files', 'Size'],
        rows: kept.map(({ database, server, group, proof, files }) => [
          say`${database}`,
          say`${server}`,
          group === undefined ? [] : say`${group}`,
          [instant(proof.finishedAt)],
          [String(files.length)],
          [bytesInWords(files.reduce((sum, { size }) => sum + size, 0))],
        ]),
      },
      note(
        say`All files of a database are restored together. Where controllers still run, stop their services first (the section on roles has the commands): a database that somebody uses is not restored over (error 3101).`,
      ),
    ],
  };
}

function fetchWithHubkeep({ point }: RunbookInput): RunbookStep {
  return {
    title: say`Fetch the backup files`,
    way: 'with-hubkeep',
    items: [withHubkeep('restore-databases', `hubkeep restore ${bash(point.id)} --databases restored/databases`)],
  };
}

function fetchWithout(kept: readonly KeptDatabase[]): RunbookStep {
  const lines = kept.flatMap((backup) =>
    namesOf(backup).flatMap(({ key, folder, file }) => [
      `mkdir -p ${bash(`restored/databases/${folder}`)}`,
      `cp ${bash(`store/${key}`)} ${bash(`restored/databases/${folder}/${file}`)}`,
    ]),
  );
  return {
    title: say`Give the fetched files the same names`,
    way: 'without-hubkeep',
    items: [onHost('name-backups', ...new Set(lines))],
  };
}

function bringToServer(kept: readonly KeptDatabase[]): RunbookStep {
  const hashes = kept.flatMap(namesOf).map(({ folder, file, sha256 }): string => {
    const path = powershellPath(pathBelow(backupDirectory, folder, file));
    const expected = /^[0-9a-f]{64}$/.test(sha256) ? sha256 : '';
    return `if ((Get-FileHash -LiteralPath ${path} -Algorithm SHA256).Hash -ne '${expected}') { throw 'damaged: ' + ${path} }`;
  });
  const items: RunbookItem[] = [
    check(
      say`Copy all that is in ${'restored/databases'} to ${backupDirectory} on the SQL Server host, where the account of the SQL Server service can read it. With another directory, change it in every command below.`,
    ),
    onSqlServer('check-files', ...hashes),
  ];
  return { title: say`Bring them to SQL Server, and check them there`, items };
}

function forgetPassword(): RunbookStep {
  return {
    title: say`Forget the password`,
    items: [onSqlServer('forget-password', 'Remove-Item Env:SQLCMDPASSWORD')],
  };
}

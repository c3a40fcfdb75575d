import { HubkeepError } from '../../errors/hubkeep-error';
import type { RunbookItem, RunbookStep } from '../../contracts/runbook';
import { devicesOf, movesOf, refuseUnwritable } from './backup-files';
import { pathBelow } from './quote';
import { sqlcmdItems, sqlcmdStep } from './sqlcmd';
import { list, note, say, warning } from './text';
import { backupDirectory, type KeptDatabase, type RunbookInput } from './tools';

/** Look at the backup, restore it, look at the database; between them what an availability group asks for. */
export function restoreSteps(input: RunbookInput, backup: KeptDatabase, number: number): RunbookStep[] {
  const { database, server, group } = backup;
  try {
    refuseUnwritable(backup);
    return [
      lookAtBackup(input, backup, `check-${number}`),
      ...(group === undefined ? [] : [leaveGroup(input, { backup, group, number })]),
      restore(input, backup, number),
      ...(group === undefined ? [] : [joinGroup(input, { backup, group, number })]),
    ];
  } catch (error) {
    const why = error instanceof HubkeepError ? say`: ${error.message}` : [];
    return [
      {
        title: say`Restore ${database} of ${server} by hand`,
        items: [
          warning(
            say`What is on record of it cannot be put into a statement${why}. Its files: ${list(backup.files.map(({ key }) => key))}.`,
          ),
        ],
      },
    ];
  }
}

export function lookAtBackup(input: RunbookInput, backup: KeptDatabase, id: string): RunbookStep {
  const { database, proof } = backup;
  return sqlcmdStep(
    input,
    { title: say`Look at the backup of ${database}`, id, backup, statement: input.tools.sql.lookAtBackup(devicesOf(backup)) },
    [
      note(
        say`It has to say that the backup set is valid, name ${database}, and be finished ${proof.finishedAt} (UTC; SQL Server shows its own time). The last list has the files of the database, for the next step.`,
      ),
    ],
  );
}

function restore(input: RunbookInput, backup: KeptDatabase, number: number): RunbookStep {
  const { sql } = input.tools;
  const { database } = backup;
  const recorded = (backup.databaseFacts?.files ?? []).length > 0;
  return {
    title: say`Restore ${database}`,
    items: [
      warning(say`This replaces the database ${database} on the target, if there is one.`),
      note(
        recorded
          ? say`The paths behind ${'MOVE'} are where its files were. Change them where the target has other disks.`
          : say`What its files are was not on record: write one ${'MOVE'} for each row that the list of files showed.`,
      ),
      ...sqlcmdItems(input, {
        id: `restore-${number}`,
        backup,
        statement: sql.restoreDatabase({ database, devices: devicesOf(backup), moves: movesOf(backup), replace: true }),
      }),
      note(say`Then look at it; it has to be ${'ONLINE'}, and CHECKDB has to say nothing:`),
      ...sqlcmdItems(input, { id: `look-${number}`, backup, statement: sql.lookAtDatabase(database) }),
      ...loginItems(input, backup, number),
    ],
  };
}

/** Contained users travel in the database; the others need a login on the server. */
function loginItems(input: RunbookInput, backup: KeptDatabase, number: number): RunbookItem[] {
  const { database, databaseFacts } = backup;
  const { users } = databaseFacts ?? {};
  const withLogin = (users?.first ?? []).filter(({ authentication }) => authentication === 'INSTANCE').map(({ name }) => name);
  if (users !== undefined && withLogin.length === 0 && users.count <= users.first.length) {
    return [note(say`Its users are contained in it and come with it.`)];
  }
  const which = withLogin.length === 0 ? [] : say` On record with a login of the server: ${list(withLogin)}.`;
  return [
    note(say`Users whose login is not on this server, if any: make the logins, then map them.${which}`),
    ...sqlcmdItems(input, { id: `orphans-${number}`, backup, statement: input.tools.sql.findOrphanedUsers(database) }),
  ];
}

interface Grouped {
  readonly backup: KeptDatabase;
  readonly group: string;
  readonly number: number;
}

function leaveGroup(input: RunbookInput, { backup, group, number }: Grouped): RunbookStep {
  const { database } = backup;
  const statement = input.tools.sql.leaveGroup(group, database);
  return sqlcmdStep(input, { title: say`Take ${database} out of ${group}`, id: `leave-${number}`, backup, statement }, [
    note(
      say`On the primary. A database of an availability group is not restored over (error 3104). Not needed where the group does not exist any more, or is only to be made.`,
    ),
  ]);
}

function joinGroup(input: RunbookInput, { backup, group, number }: Grouped): RunbookStep {
  const { database } = backup;
  const { sql } = input.tools;
  const file = { kind: 'disk', name: pathBelow(backupDirectory, `join-${number}.bak`) } as const;
  const secondary = `<each secondary replica of ${group}>`;
  return {
    title: say`Bring ${database} back into ${group}`,
    items: [
      note(say`On each secondary, remove the old copy, which would be in the way:`),
      ...sqlcmdItems(input, { id: `drop-${number}`, backup, statement: sql.dropCopy(database), server: secondary }),
      note(say`On the primary, a full backup and then the group:`),
      ...sqlcmdItems(input, { id: `prepare-${number}`, backup, statement: sql.prepareForGroup(database, file) }),
      ...sqlcmdItems(input, { id: `join-${number}`, backup, statement: sql.joinGroup(group, database) }),
      note(
        say`Secondaries with automatic seeding fill themselves. Otherwise restore that backup, and a log backup after it, on each with ${'NORECOVERY'}, and join it there. Both databases of App Service must be in the group and synchronised: one that is left out is lost to the service at a failover.`,
      ),
    ],
  };
}

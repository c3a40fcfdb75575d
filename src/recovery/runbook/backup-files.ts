import { restoredNames } from '../../repository/restored-names';
import { HubkeepError } from '../../errors/hubkeep-error';
import { pathBelow } from './quote';
import { isPlain } from './text';
import { backupDirectory, type KeptDatabase, type Move } from './tools';

/** Each file of a backup by what it is called in the store, and below the directory it is restored to. */
export function namesOf({ server, database, files }: KeptDatabase) {
  const names = restoredNames(server, database, files.length);
  return files.flatMap(({ key, sha256 }, i) => {
    const [folder, file] = names[i] ?? [];
    return folder === undefined || file === undefined ? [] : [{ key, sha256, folder, file }];
  });
}

/** The same as SQL Server sees them. */
export function devicesOf(backup: KeptDatabase) {
  return namesOf(backup).map(({ folder, file }) => ({ kind: 'disk', name: pathBelow(backupDirectory, folder, file) }) as const);
}

/** The files of the database as they were; a reader puts other paths in. */
export function movesOf({ database, databaseFacts }: KeptDatabase): Move[] {
  const files = databaseFacts?.files ?? [];
  if (files.length === 0) return [{ logicalName: `<logical name, of ${database}>`, path: '<path for it>' }];
  return files.map(({ logicalName, physicalName }) => ({ logicalName, path: physicalName }));
}

/** A name with a line end could become another line of a script, and one that turns text round could look like another. */
export function refuseUnwritable({ database, group = database, databaseFacts }: KeptDatabase): void {
  const files = (databaseFacts?.files ?? []).flatMap(({ logicalName, physicalName }) => [logicalName, physicalName]);
  if ([database, group, ...files].every(isPlain)) return;
  throw new HubkeepError('format.damaged', 'a name has characters that are not to be typed');
}

import type { SqlRow } from '../../ports/sql-server';
import type { KeptFile, PlannedRestore } from '../restore-parts';
import { safeName } from '../../repository/safe-name';
import { textOf } from '../server-facts';
import { joinStagingPath } from '../staging-names';

/**
 * Where each file of the database goes: where the file of that name of a replaced database is, or into the directories under
 * a name made of the database's and the file's number, which no other database's file has.
 * @param rows what RESTORE FILELISTONLY answers.
 */
export function placeFiles(rows: readonly SqlRow[], { target, kept, directories }: PlannedRestore): KeptFile[] {
  const places = new Map(kept.map(({ logicalName, path }) => [logicalName.toLowerCase(), path]));
  return rows.map((row) => {
    const logicalName = textOf(row['LogicalName']);
    const type = textOf(row['Type']).trim();
    const id = Number(row['FileId']);
    const name = `${safeName(target)}_${id}${extensionOf(type, id)}`;
    const directory = type === 'L' ? directories.log : directories.data;
    return { logicalName, path: places.get(logicalName.toLowerCase()) ?? joinStagingPath(directory, name) };
  });
}

/** What is neither rows nor log is a directory: FILESTREAM, in-memory tables. */
function extensionOf(type: string, id: number): string {
  if (type === 'L') return '.ldf';
  if (type !== 'D') return '';
  return id === 1 ? '.mdf' : '.ndf';
}

import { open, rm } from 'node:fs/promises';
import { sqlError } from '../tsql/sql-error';
import { localPath } from './backup-device';
import { isSysadmin } from './permissions';
import type { RunContext } from './run-backup';
import type { Arguments } from './run-procedure';

const name = 'xp_delete_file';
/** Every file of a backup begins with it. */
const tapeHeader = 'TAPE';

/**
 * The undocumented procedure behind the clean-up task of maintenance plans, for one file. As people describe it: it looks
 * whether the file is a backup, and leaves what is none without a word. Which right it asks for beside EXECUTE is not known.
 */
export async function deleteFile(values: Arguments, { server, session }: RunContext): Promise<number> {
  const mayExecute = isSysadmin(session.login) || (session.login.procedures ?? []).includes(name);
  if (!mayExecute) {
    const text = `The EXECUTE permission was denied on the object '${name}', database 'mssqlsystemresource', schema 'sys'.`;
    throw sqlError(229, text, { class: 14, state: 5 });
  }
  if (values.get('@1') !== 0 || values.size !== 2) throw sqlError(50000, `The sandbox knows ${name} for one backup file only.`);
  const path = localPath(server, String(values.get('@2')));
  if (!(await isBackup(path))) return 0;
  await rm(path).catch((error: NodeJS.ErrnoException) => {
    throw sqlError(22049, `xp_delete_file() returned error 5, 'Access is denied.' (${error.code})`);
  });
  return 0;
}

async function isBackup(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw sqlError(22049, "xp_delete_file() returned error 2, 'The system cannot find the file specified.'");
  });
  try {
    const start = Buffer.alloc(tapeHeader.length);
    await file.read(start, 0, start.length, 0);
    return start.toString('latin1') === tapeHeader;
  } finally {
    await file.close();
  }
}

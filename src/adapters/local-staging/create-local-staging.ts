import { createReadStream } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import { plainName, stagingLeft } from '../../errors/staging';
import type { WritableStaging } from '../../ports/staging-files';

/** Staging files on a mounted path or UNC. `directoryOf` gives SQL_BACKUP_DIRECTORY_LOCAL for one server. */
export function createLocalStaging(directoryOf: (server: string) => string): WritableStaging {
  const pathOf = (server: string, name: string) => join(directoryOf(server), plainName(name));
  return {
    async open(server, name) {
      const path = pathOf(server, name);
      const { size } = await stat(path).catch((cause: unknown) => unreadable(path, cause));
      return { size, stream: () => readAll(path) };
    },
    async write(server, name, content) {
      const path = pathOf(server, name);
      const file = await open(path, 'wx').catch((cause: unknown) => unwritable(path, cause));
      try {
        for await (const chunk of content) await file.writeFile(chunk);
        await file.sync();
        await file.close();
      } catch (error) {
        await file.close().catch(() => undefined);
        await rm(path, { force: true }).catch(() => undefined);
        if (isHubkeepError(error)) throw error;
        unwritable(path, error);
      }
    },
    async remove(server, names) {
      const left: { readonly name: string; readonly cause: unknown }[] = [];
      for (const [name, path] of names.map((name) => [name, pathOf(server, name)] as const)) {
        await rm(path, { force: true }).catch((cause: unknown) => left.push({ name, cause }));
      }
      if (left.length === 0) return;
      throw stagingLeft({
        directory: directoryOf(server),
        names: left.map(({ name }) => name),
        hint: 'Give the account Hubkeep runs as delete permission on SQL_BACKUP_DIRECTORY_LOCAL, and remove them.',
        retryable: left.some(({ cause }) => !['EACCES', 'EPERM'].includes(codeIn(cause))),
        cause: left[0]?.cause,
      });
    },
    async list(server) {
      const path = directoryOf(server);
      const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => unreadable(path, cause));
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
  };
}

async function* readAll(path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 1024 * 1024 });
  } catch (cause) {
    unreadable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): never {
  const code = codeIn(cause);
  throw new HubkeepError('sql.staging-unwritable', `Cannot write ${path}${code === '' ? '' : ` (${code})`}`, {
    hint: 'The account Hubkeep runs as needs write permission and room for the backup in the directory that SQL Server reads it from (SQL_BACKUP_DIRECTORY_LOCAL).',
    cause,
  });
}

function codeIn(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}

function unreadable(path: string, cause: unknown): never {
  const code = codeIn(cause);
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  throw new HubkeepError('sql.staging-unreadable', `${missing ? 'Cannot find' : 'Cannot read'} ${path}`, {
    hint: missing
      ? 'SQL_BACKUP_DIRECTORY (as SQL Server sees it) and SQL_BACKUP_DIRECTORY_LOCAL (as Hubkeep sees it) must be the same directory; files named hubkeep-… that SQL Server wrote to the other one are yours to remove.'
      : 'Give the account Hubkeep runs as read permission on SQL_BACKUP_DIRECTORY_LOCAL.',
    retryable: !missing && code !== 'EACCES' && code !== 'EPERM',
    cause,
  });
}

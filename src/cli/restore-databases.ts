import { join } from 'node:path';
import type { DatabaseBackup } from '../contracts/database-backup';
import type { BlobReference, DatabasesRecord } from '../contracts/recovery-point';
import { restoredNames } from '../repository/restored-names';
import type { BlobStore } from '../ports/blob-store';
import { provenStream } from '../repository/proven-stream';
import type { ProgressView } from './progress/progress-view';
import { refuseExisting, writeNewFile } from './write-new-file';

export interface RestoredDatabase {
  readonly server: string;
  readonly database: string;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
}

interface PlannedFile {
  readonly blob: BlobReference;
  readonly path: string;
}

export interface PlannedDatabase {
  readonly backup: DatabaseBackup;
  readonly files: readonly PlannedFile[];
}

/** Where each backup file goes. Throws when one is there already. */
export async function planDatabases({ items }: DatabasesRecord, directory: string): Promise<PlannedDatabase[]> {
  const planned = items.flatMap((item) =>
    item.status === 'succeeded' ? [{ backup: item, files: filesOf(item, directory) }] : [],
  );
  for (const { path } of planned.flatMap(({ files }) => files)) await refuseExisting(path);
  return planned;
}

function filesOf({ server, database, files }: DatabaseBackup, directory: string): PlannedFile[] {
  const names = restoredNames(server, database, files.length);
  return files.flatMap((blob, i) => (names[i] === undefined ? [] : [{ blob, path: join(directory, ...names[i]) }]));
}

/** Writes every file and proves that it is what SQL Server wrote. */
export async function restoreDatabases(
  store: BlobStore,
  planned: readonly PlannedDatabase[],
  view: ProgressView,
): Promise<RestoredDatabase[]> {
  const restored: RestoredDatabase[] = [];
  for (const { backup, files } of planned) {
    const { server, database } = backup;
    const totalBytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
    let bytes = 0;
    const onBytes = (count: number) => {
      bytes += count;
      view.update({ task: `${database} on ${server}`, bytes, totalBytes });
    };
    for (const { blob, path } of files) await writeNewFile(path, counted(provenStream(store, blob), onBytes));
    restored.push(afterRestore({ backup, files }));
  }
  return restored;
}

/** What is there once it is restored. */
export function afterRestore({ backup: { server, database }, files }: PlannedDatabase): RestoredDatabase {
  return { server, database, files: files.map(({ blob: { size, sha256 }, path }) => ({ path, size, sha256 })) };
}

async function* counted(chunks: AsyncIterable<Buffer>, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    onBytes(chunk.length);
  }
}

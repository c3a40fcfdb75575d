import { open, stat } from 'node:fs/promises';
import type { BakInspection, BakSet } from '../contracts/bak-inspection';
import { inspectBak } from '../databases/tape/inspect-bak';
import { inStore } from '../databases/tape/random-access';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import { exitCodes, type ExitCode } from './exit-codes';
import { formatBytes, indent, table } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import type { CommonOptions, Terminal } from './terminal';

/** Shows what a backup file tells of itself: a file of this machine, or else a blob of the store. No SQL Server is asked. */
export async function showBak(terminal: Terminal, place: string, options: CommonOptions): Promise<ExitCode> {
  const inspection = (await isFile(place)) ? await inspectFile(place) : await inspectBlob(terminal, place, options);
  terminal.print(describe(place, inspection));
  terminal.printJson({ place, ...inspection });
  return isWrong.has(inspection.status) ? exitCodes.failed : exitCodes.done;
}

const isWrong = new Set<BakInspection['status']>(['truncated', 'damaged', 'not-a-backup']);

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}

async function inspectFile(path: string): Promise<BakInspection> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await inspectBak({
      size,
      async read(offset, length) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}

async function inspectBlob(terminal: Terminal, key: string, options: CommonOptions): Promise<BakInspection> {
  try {
    const { store } = await openRepositoryReadOnly(terminal, options);
    // As hubkeep show prints it, with the container before it where SQL Server wrote it by itself.
    return await inspectBak(await inStore(store, key.replace(/^[a-z0-9-]+\/(?=databases\/)/, '')));
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'config.invalid' && code !== 'store.not-found') throw error;
    throw new HubkeepError(code, `${key} is neither a file of this machine nor a blob that can be read`, {
      hint: 'Name a file, or a blob as hubkeep show --json lists it; for a blob the storage settings have to be set.',
      cause: error,
    });
  }
}

function describe(place: string, { status, reason, size, software, media, sets }: BakInspection): string {
  const family =
    media?.families === undefined
      ? []
      : [['Media set', `${media.id ?? 'unknown'}, file ${media.family ?? '?'} of ${media.families}`]];
  const facts = [
    ['File', `${place} (${formatBytes(size)})`],
    ['State', reason === undefined ? status : `${status}: ${reason}`],
    ...(software === undefined ? [] : [['Written by', software]]),
    ...family,
    ...(media?.name === undefined ? [] : [['Media name', media.name]]),
    ...(media?.passwordProtected === true ? [['Media password', 'yes']] : []),
  ];
  return [table(facts), ...sets.map((set) => `\n${indent(table(rowsOf(set)))}`)].join('\n');
}

function rowsOf(set: BakSet): string[][] {
  const rows: (readonly [string, string | undefined])[] = [
    [
      'Backup',
      [
        set.type ?? 'of unknown type',
        ...(set.isCopyOnly === true ? ['copy-only'] : []),
        ...(set.isFinished ? [] : ['NOT FINISHED']),
      ].join(', '),
    ],
    ['Database', set.database],
    ['Server', set.server],
    ['SQL Server', set.softwareVersion],
    ['Name', set.name],
    ['Description', set.description],
    ['By', set.user],
    ['Taken', set.startedAt === undefined ? undefined : `${set.startedAt} to ${set.finishedAt ?? 'unknown'}, time of the server`],
    ['Checksums', set.hasChecksums === undefined ? undefined : set.hasChecksums ? 'yes' : 'no'],
    ['Password', set.passwordProtected ? 'yes' : undefined],
    ['First LSN', set.firstLsn],
    ['Last LSN', set.lastLsn],
    ['Checkpoint LSN', set.checkpointLsn],
    ['Based on LSN', set.databaseBackupLsn],
    ...set.files.map(({ logicalName, physicalName, kind }) => [`File (${kind})`, `${logicalName}: ${physicalName}`] as const),
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

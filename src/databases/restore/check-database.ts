import type { DatabaseBackup } from '../../contracts/database-backup';
import { HubkeepError } from '../../errors/hubkeep-error';
import { isAtLeast } from '../edition';
import { allowContainedUsers, joinGroup, leaveGroup } from '../operator-statements';
import {
  isSystemDatabase,
  type KeptFile,
  type PlannedRestore,
  type RestoreItem,
  type RestoreParts,
  type RestoreRequest,
} from '../restore-parts';
import { findByName, queryIfAllowed, textOf, type Database } from '../server-facts';
import { listFiles, quoteName } from '../statements';
import type { Target } from './check-target';
import { groupOf } from './statements';

export interface Question {
  readonly item: RestoreItem;
  readonly request: RestoreRequest;
  readonly target: Target;
}

/** Throws the first thing that speaks against restoring one database. Changes nothing. */
export async function checkDatabase(parts: RestoreParts, question: Question): Promise<PlannedRestore> {
  const { item, target } = question;
  const { backup } = item;
  quoteName(item.target);
  if (isSystemDatabase(item.target)) {
    throw new HubkeepError('usage.invalid', `${item.target} is a database of the server itself and is not restored over`);
  }
  requireVersion(question);
  requireContainment(question);
  const road = roadOf(parts, backup);
  await requireBlobs(parts, backup);
  const existing = await findByName(target.session, item.target);
  if (existing !== undefined) await requireReplaceable(existing, question);
  return {
    backup,
    target: existing?.name ?? item.target,
    road,
    bytes: backup.files.reduce((sum, { size }) => sum + size, 0),
    replaces: existing === undefined ? undefined : { name: existing.name, state: existing.state },
    kept: existing === undefined || question.request.directories !== undefined ? [] : await readFiles(existing, target),
    directories: target.directories,
    warnings: backup.databaseFacts?.encrypted === true ? [encryptionWarning(item)] : [],
  };
}

/** A backup restores to its own version and to later ones. */
function requireVersion({ item: { backup }, request, target: { server } }: Question): void {
  const needed = backup.serverVersion.split('.').slice(0, 2).map(Number);
  if (needed.some(Number.isNaN) || isAtLeast(server.version, needed)) return;
  throw new HubkeepError(
    'restore.server-unfit',
    `${backup.database} was backed up by SQL Server ${backup.serverVersion}, and ${request.server} is the older ${server.version}`,
    { hint: 'A backup restores to a server of the same version or a later one: name another server.' },
  );
}

function requireContainment({ item: { backup }, request, target: { server } }: Question): void {
  if (backup.databaseFacts?.containment !== 'PARTIAL' || server.containedAuthentication !== false) return;
  throw new HubkeepError(
    'restore.server-unfit',
    `${backup.database} is a contained database, and ${request.server} has contained database authentication switched off`,
    { hint: `Run on the server: ${allowContainedUsers.replaceAll('\n', ' ')}` },
  );
}

/** What lies in the container that SQL Server reaches by itself needs no directory. */
function roadOf(
  { container, staging, stagingIsReadOnly = false, prefersUrl }: RestoreParts,
  { database, files }: DatabaseBackup,
): 'disk' | 'url' {
  const name = container.url.slice(container.url.lastIndexOf('/') + 1);
  const isInReach = files.every((file) => file.container === name);
  if (isInReach && (prefersUrl || staging === undefined)) return 'url';
  if (staging !== undefined) return 'disk';
  throw new HubkeepError(
    'config.invalid',
    `The server has no way to the backup of ${database}: ${
      stagingIsReadOnly ? 'SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL, which is only read' : 'SQL_BACKUP_DIRECTORY is not set'
    }`,
    {
      hint: 'Set SQL_BACKUP_DIRECTORY to a directory that the server reads, and SQL_BACKUP_DIRECTORY_LOCAL to the path under which Hubkeep can write to it; for a drill, DRILL_SQL_BACKUP_DIRECTORY and DRILL_SQL_BACKUP_DIRECTORY_LOCAL.',
    },
  );
}

async function requireBlobs({ store }: RestoreParts, { files }: DatabaseBackup): Promise<void> {
  for (const { key, size } of files) {
    const stat = await store.stat(key);
    if (stat.size === size) continue;
    throw new HubkeepError('format.damaged', `${key} has ${stat.size} bytes and not the ${size} that were backed up`, {
      hint: 'Restore it from another recovery point; hubkeep verify --deep tells what else is damaged.',
    });
  }
}

/** A database of an availability group cannot be restored over, whatever was asked for. */
async function requireReplaceable({ name, state, isReplica }: Database, { request, target }: Question): Promise<void> {
  if (isReplica) throw await inGroup(name, { request, target });
  if (request.replace) return;
  const why = state === 'RESTORING' ? ' and is RESTORING, as a restore that broke off leaves it' : '';
  throw new HubkeepError('restore.database-exists', `${request.server} has a database ${name} already${why}`, {
    hint: '--replace restores over it and gives up all it holds; --as-prefix restores beside it.',
  });
}

async function inGroup(name: string, { request, target }: Pick<Question, 'request' | 'target'>): Promise<HubkeepError> {
  const [row = {}] = (await queryIfAllowed(target.session, groupOf, { database: name })) ?? [];
  const group = textOf(row['groupName']) || '<group>';
  return new HubkeepError(
    'restore.database-in-group',
    `${name} on ${request.server} belongs to an availability group and cannot be restored over`,
    {
      hint:
        `On the primary run ${leaveGroup(group, name)} Restore there again with --replace, remove the old copies from ` +
        `the secondaries, then run ${joinGroup(group, name)} and seed the secondaries anew.`,
    },
  );
}

/** A database that is replaced stays where it was. */
async function readFiles({ id }: Database, { session }: Target): Promise<KeptFile[]> {
  const rows = (await queryIfAllowed(session, listFiles, { databaseId: id })) ?? [];
  return rows.map((row) => ({ logicalName: textOf(row['logicalName']), path: textOf(row['physicalName']) }));
}

function encryptionWarning({ backup, target }: RestoreItem): string {
  return `${target}: ${backup.database} was encrypted (TDE); without its certificate on the server the restore fails with error 33111`;
}

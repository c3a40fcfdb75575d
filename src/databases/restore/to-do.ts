import { joinGroup, linkUser } from '../operator-statements';
import type { PlannedRestore } from '../restore-parts';
import type { Database } from '../server-facts';

/** What a restore leaves for the operator to do. */
export function toDoAfter(item: PlannedRestore, database: Database): string[] {
  return [...users(item, database), ...recovery(database), ...group(item)];
}

/** Users of contained databases travel in them; of the others only the names do, and the logins they belong to live in master. */
function users({ target, backup }: PlannedRestore, { containment }: Database): string[] {
  const known = backup.databaseFacts?.users;
  const tied = known?.first.filter(({ authentication }) => authentication === 'INSTANCE') ?? [];
  if (known === undefined && containment !== 'NONE') return [];
  if (known !== undefined && tied.length === 0) return [];
  const whose = known === undefined ? 'its users' : `its users (${tied.map(({ name }) => name).join(', ')})`;
  const example = linkUser(target, tied[0]?.name ?? '<user>');
  return [
    `${target}: ${whose} belong to logins of the server it was backed up on. Make logins of those names with the same passwords, then link each user: ${example}`,
  ];
}

function recovery({ name, recoveryModel }: Database): string[] {
  if (recoveryModel === 'SIMPLE') return [];
  return [`${name}: its recovery model is ${recoveryModel}: have its log backed up, or it grows without end`];
}

function group({ target, backup }: PlannedRestore): string[] {
  if (backup.group === undefined) return [];
  return [
    `${target}: ${backup.database} belonged to the availability group ${backup.group}. To bring it back, back it up in full once and add it on the primary: ${joinGroup(backup.group, target)}`,
  ];
}

import { codeOf, HubkeepError } from '../../errors/hubkeep-error';
import { messageOf } from '../../errors/message-of';
import type { DatabaseDrillResult } from '../../contracts/database-drill';
import { applicationName, openLockedSession } from '../open-locked-session';
import { textOf } from '../server-facts';
import { beganAt, copyPattern, drillOf } from './copy-names';
import type { DrillParts } from './drill-parts';
import { dropDatabase, findCopies } from './statements';

export type Leftovers = Extract<DatabaseDrillResult, { readonly id: string }>['leftovers'];

const dayHours = 24;

/** Drops a copy. Refuses any name that this drill did not make. */
export async function dropCopy(parts: DrillParts, { id, name }: { readonly id: string; readonly name: string }): Promise<void> {
  if (drillOf(name) !== id) throw new HubkeepError('internal', `${name} is no copy of the drill ${id}`);
  const session = await openLockedSession(parts, { runId: id, server: parts.server, database: name });
  try {
    await session.execute(dropDatabase(name));
  } finally {
    await session.close();
  }
}

/**
 * Drops copies of drills that died: called as only a drill calls them, and a day old by their names and by the server's clock. A
 * drill that still works on its copy holds its lock. What goes wrong here is told and no failure of the drill.
 */
export async function dropLeftovers(parts: DrillParts, id: string): Promise<Leftovers> {
  const found: { dropped: string[]; kept: { name: string; reason: string }[] } = { dropped: [], kept: [] };
  for (const { name, of, ageHours } of await listCopies(parts, id)) {
    const sinceName = (parts.clock.now().getTime() - beganAt(of).getTime()) / 3_600_000;
    if (Math.min(sinceName, ageHours) < dayHours) {
      found.kept.push({ name, reason: 'it is younger than a day, and its drill may still run' });
      continue;
    }
    try {
      await dropCopy(parts, { id: of, name });
      found.dropped.push(name);
    } catch (error) {
      found.kept.push({ name, reason: messageOf(error) });
    }
  }
  return found;
}

async function listCopies(parts: DrillParts, id: string) {
  try {
    const session = await parts.sql.connect(parts.server, { applicationName: applicationName({ runId: id }) });
    try {
      const rows = await session.query(findCopies, { pattern: copyPattern });
      return rows.flatMap((row) => {
        const name = textOf(row['name']);
        const of = drillOf(name);
        return of === undefined ? [] : [{ name, of, ageHours: Number(row['ageHours'] ?? 0) }];
      });
    } finally {
      await session.close();
    }
  } catch (error) {
    parts.log.warn('drill.leftovers-unknown', { server: parts.server, code: codeOf(error) });
    return [];
  }
}

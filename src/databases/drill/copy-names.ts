import { isRunId } from '../../contracts/run-id';
import { safeName } from '../../repository/safe-name';

/**
 * A copy is called by the drill that made it, so that what is dropped is known to be a drill's own:
 * `hubkeep_drill_20261122T020000Z-7f3a_appservice_hosting`.
 */
const prefix = 'hubkeep_drill_';
const idLength = '20261122T020000Z-7f3a'.length;

/** For LIKE: finds every copy, and perhaps more. */
export const copyPattern = 'hubkeep[_]drill[_]%';

export interface Copy {
  /** Of the drill. */
  readonly id: string;
  readonly database: string;
  /** Counts from 0: a point may have databases of one name from several servers. */
  readonly index: number;
}

export function copyName({ id, database, index }: Copy): string {
  return `${prefix}${id}_${index}_${safeName(database)}`;
}

/** The drill that made a database, by its name; undefined for all that no drill makes. */
export function drillOf(name: string): string | undefined {
  const id = name.slice(prefix.length, prefix.length + idLength);
  const rest = name.slice(prefix.length + idLength);
  return name.startsWith(prefix) && isRunId(id) && /^_\d+_./.test(rest) ? id : undefined;
}

/** When that drill began. */
export function beganAt(id: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id) ?? [];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

import { layout, stripeSuffix } from '../repository/layout';
import { safeName } from '../repository/safe-name';

export interface DatabaseKey {
  readonly runId: string;
  readonly server: string;
  /** As `sys.databases` has it for the content, as configured for the result. */
  readonly database: string;
  /** Counts from 1; a run that takes its databases twice keeps both apart. */
  readonly round: number;
  /** Tells the bytes of one attempt from those an earlier one left under the plain name. */
  readonly attempt?: string;
}

/** The blob with the bytes SQL Server wrote to one stripe, counted from 0. */
export function backupKey(key: DatabaseKey, stripe = 0): string {
  const suffix = key.attempt === undefined ? '' : `.${key.attempt}`;
  return layout.database(key.runId, safeName(key.server), slug(key) + suffix) + stripeSuffix(stripe);
}

/** The blob by which a second run of the same work finds that it is done. */
export function resultKey(key: DatabaseKey): string {
  return layout.databaseResult(key.runId, safeName(key.server), slug(key));
}

function slug({ database, round }: DatabaseKey): string {
  return round === 1 ? safeName(database) : `${safeName(database)}.round-${round}`;
}

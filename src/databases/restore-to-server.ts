import { checkTarget } from './restore/check-target';
import { restoreOne } from './restore/restore-database';
import type { RestoredToServer, RestoreParts, RestorePlan, RestoreRequest, RestoreStep } from './restore-parts';

export interface ServerRestores {
  /**
   * Looks whether the server can take all of these databases, and changes nothing. Throws what speaks against it: for the server
   * `restore.server-unfit`, for a name that is taken `restore.database-exists` or `restore.database-in-group`.
   */
  plan(request: RestoreRequest): Promise<RestorePlan>;
  /**
   * Restores one database of a plan. What was brought to the server for it goes again, whatever happens. A failure in the middle
   * of RESTORE has `details.state` where the database is left unusable.
   */
  restore(step: RestoreStep): Promise<RestoredToServer>;
}

export function createServerRestores(parts: RestoreParts): ServerRestores {
  return { plan: (request) => checkTarget(parts, request), restore: (step) => restoreOne(parts, step) };
}

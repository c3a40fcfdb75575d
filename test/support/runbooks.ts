import * as byHand from '../../src/databases/by-hand/statements';
import { createRunbooks } from '../../src/recovery/runbook/runbooks';
import type { Place } from '../../src/recovery/runbook/tools';
import { keyVaultCommand } from '../../src/secrets/key-vault-command';
import { runbookPage } from '../../src/web/runbook-page';

export const anyPlace: Place = { store: 'https://backups.blob.core.windows.net/hubkeep', container: 'hubkeep' };

/** As the program composes them, for points kept in a place of the test's own. */
export const runbooksIn = (place: Place = anyPlace) => createRunbooks(place, { sql: byHand, keyVaultCommand, page: runbookPage });

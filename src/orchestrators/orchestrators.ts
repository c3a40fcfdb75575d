import type { ActivityMap, OrchestratorMap } from '../contracts/activities';
import type { Orchestrators } from '../workflow/workflow';
import { backUp } from './back-up';
import { backUpDatabases, backUpOneDatabase } from './back-up-databases';
import { copyShareLane } from './copy-partitions';
import { copyShare } from './copy-share';
import { drill } from './drill';
import { keepSecrets } from './keep-secrets';
import { restoreShare, restoreShareLane } from './restore-share';

/** Every orchestrator under the name it is registered with. */
export const orchestrators: Orchestrators<ActivityMap, OrchestratorMap> = {
  'back-up': backUp,
  'back-up-databases': backUpDatabases,
  'back-up-one-database': backUpOneDatabase,
  'copy-share': copyShare,
  'copy-share-lane': copyShareLane,
  'keep-secrets': keepSecrets,
  'restore-share': restoreShare,
  'restore-share-lane': restoreShareLane,
  drill,
};

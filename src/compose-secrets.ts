import { createAppServiceAdmin } from './adapters/app-service-admin/app-service-admin';
import type { Config } from './config/config';
import { lateAdapters } from './late-adapters';
import type { SystemSecretsKeeper } from './secrets/keep-system-secrets';
import { watchRotation, type RotationWatchDeps, type WatchedKeeper } from './secrets/rotation-watch';

interface Shared extends Omit<RotationWatchDeps, 'source'> {
  readonly config: Config;
}

/** The keeper as it is where nobody watches for rotated secrets. */
export function withRotationWatch(keeper: SystemSecretsKeeper, { config, ...shared }: Shared): WatchedKeeper {
  const watch = config.secrets?.rotationWatch;
  if (watch === undefined) return keeper;
  const credential = lateAdapters.identity().createCredential(config.identity);
  return watchRotation(keeper, { source: createAppServiceAdmin({ ...watch, credential }), ...shared });
}

import type { Warning } from '../contracts/outcome';
import type { SecretsCustody } from '../contracts/secrets-custody';
import { HubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { DropFile } from '../ports/drop-file';
import type { Log } from '../ports/log';
import { ageWarnings } from './age-warning';
import type { SystemSecretsStore } from './store-system-secrets';
import { largestContent } from './system-secrets-content';

export interface SystemSecretsKeeperDeps {
  readonly store: SystemSecretsStore;
  /** Where the operator leaves a fresh download (SYSTEM_SECRETS_PATH). */
  readonly dropFile?: DropFile | undefined;
  readonly maxAgeDays?: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface KeptSystemSecrets {
  readonly custody: SecretsCustody;
  readonly warnings: Warning[];
}

export interface SystemSecretsKeeper {
  keep(runId: string): Promise<KeptSystemSecrets>;
}

/**
 * Takes the drop file into the vault when its content is new, else relies on what the vault already holds. Throws
 * `secrets.never-stored` when there is neither, and what the store and the drop file throw.
 */
export function createSystemSecretsKeeper(deps: SystemSecretsKeeperDeps): SystemSecretsKeeper {
  const { store, dropFile, maxAgeDays, clock, log } = deps;

  async function takeOrFind(runId: string): Promise<SecretsCustody> {
    const content = await dropFile?.read(largestContent);
    if (dropFile !== undefined && content !== undefined) {
      return store.store({ content, source: dropFile.location, runId });
    }
    const custody = await store.current(runId);
    if (custody === undefined) throw neverStored(dropFile);
    return custody;
  }

  return {
    async keep(runId) {
      const custody = await takeOrFind(runId);
      const warnings = ageWarnings(custody, { now: clock.now(), maxAgeDays });
      log.info(custody.stored ? 'secrets.stored' : 'secrets.unchanged', {
        runId,
        name: custody.name,
        version: custody.version,
        capturedAt: custody.capturedAt,
        bytes: custody.size,
      });
      return { custody, warnings };
    },
  };
}

function neverStored(dropFile: DropFile | undefined): HubkeepError {
  const where = dropFile === undefined ? 'a path and set SYSTEM_SECRETS_PATH to it' : dropFile.location;
  return new HubkeepError('secrets.never-stored', 'SystemSecrets.JSON was never stored, so this stamp cannot be restored.', {
    hint: `In the admin portal open App Service, Secrets, choose Download Secrets, save SystemSecrets.JSON as ${where}; the next run stores it.`,
  });
}

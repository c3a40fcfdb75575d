import type { Warning } from '../contracts/outcome';
import type { SecretsCustody } from '../contracts/secrets-custody';
import { HubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { DropFile } from '../ports/drop-file';
import type { Log } from '../ports/log';
import { ageWarnings } from './age-warning';
import { createDropWiper, isWiped, onlyZeros } from './drop-wiper';
import type { SystemSecretsStore } from './store-system-secrets';
import { largestContent } from './system-secrets-content';

export interface SystemSecretsKeeperDeps {
  readonly store: SystemSecretsStore;
  /** Where the operator leaves a fresh download (SYSTEM_SECRETS_PATH). */
  readonly dropFile?: DropFile | undefined;
  /** Whether a download goes once the vault holds it (SYSTEM_SECRETS_WIPE). */
  readonly wipe?: boolean;
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
  const { store, dropFile, wipe = false, maxAgeDays, clock, log } = deps;

  async function find(runId: string): Promise<KeptSystemSecrets> {
    const custody = await store.current(runId);
    if (custody === undefined) throw neverStored(dropFile);
    return { custody, warnings: [] };
  }

  async function take(from: DropFile, runId: string): Promise<KeptSystemSecrets> {
    const drop = await from.read(largestContent);
    if (drop === undefined) return find(runId);
    return { custody: await store.store({ content: drop.content, source: from.location, runId }), warnings: [] };
  }

  async function takeAndWipe(from: DropFile, runId: string): Promise<KeptSystemSecrets> {
    const wiper = createDropWiper(from);
    const refused = await wiper.check();
    const drop = await from.read(largestContent);
    if (drop === undefined) return { ...(await find(runId)), warnings: refused };
    if (isWiped(drop)) return { ...(await find(runId)), warnings: [onlyZeros(from), ...(await wiper.wipe(drop))] };
    // What the store gives back has been read from the vault and is equal to the drop.
    const custody = await store.store({ content: drop.content, source: from.location, runId });
    const warnings = refused.length > 0 ? refused : await wiper.wipe(drop);
    if (warnings.length === 0) log.info('secrets.wiped', { runId, location: from.location });
    return { custody, warnings };
  }

  function pickUp(runId: string): Promise<KeptSystemSecrets> {
    if (dropFile === undefined) return find(runId);
    return wipe ? takeAndWipe(dropFile, runId) : take(dropFile, runId);
  }

  return {
    async keep(runId) {
      const { custody, warnings } = await pickUp(runId);
      log.info(custody.stored ? 'secrets.stored' : 'secrets.unchanged', {
        runId,
        name: custody.name,
        version: custody.version,
        capturedAt: custody.capturedAt,
        bytes: custody.size,
      });
      return { custody, warnings: [...warnings, ...ageWarnings(custody, { now: clock.now(), maxAgeDays })] };
    },
  };
}

function neverStored(dropFile: DropFile | undefined): HubkeepError {
  const where = dropFile === undefined ? 'a path and set SYSTEM_SECRETS_PATH to it' : dropFile.location;
  return new HubkeepError('secrets.never-stored', 'SystemSecrets.JSON was never stored, so this stamp cannot be restored.', {
    hint: `In the admin portal open App Service, Secrets, choose Download Secrets, save SystemSecrets.JSON as ${where}; the next run stores it.`,
  });
}

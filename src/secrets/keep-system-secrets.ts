import type { Problem, Warning } from '../contracts/outcome';
import type { SecretsCustody } from '../contracts/secrets-custody';
import type { ErrorCode } from '../contracts/error-codes';
import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import { toProblem } from '../errors/to-problem';
import type { Drop, DropFile } from '../ports/drop-file';
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
  /** Why what lies there could not be taken; what was kept before is kept all the same. */
  readonly problem?: Problem;
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
    return { custody: await store.store(fileOf(from, drop, runId)), warnings: [] };
  }

  async function takeAndWipe(from: DropFile, runId: string): Promise<KeptSystemSecrets> {
    const wiper = createDropWiper(from);
    const refused = await wiper.check();
    const drop = await from.read(largestContent);
    if (drop === undefined) return { ...(await find(runId)), warnings: refused };
    if (isWiped(drop)) return { ...(await find(runId)), warnings: [onlyZeros(from), ...(await wiper.wipe(drop))] };
    // What the store gives back has been read from the vault and is equal to the drop.
    const custody = await store.store(fileOf(from, drop, runId));
    const warnings = refused.length > 0 ? refused : await wiper.wipe(drop);
    if (warnings.length === 0) log.info('secrets.wiped', { runId, location: from.location });
    return { custody, warnings };
  }

  async function pickUp(runId: string): Promise<KeptSystemSecrets> {
    if (dropFile === undefined) return find(runId);
    try {
      return await (wipe ? takeAndWipe(dropFile, runId) : take(dropFile, runId));
    } catch (error) {
      return relyOnKept(error, runId);
    }
  }

  /** What lies there and cannot be taken must not cost the secrets that are kept already. */
  async function relyOnKept(error: unknown, runId: string): Promise<KeptSystemSecrets> {
    if (!isAboutDrop(error)) throw error;
    const custody = await store.current(runId);
    if (custody === undefined) throw error;
    const problem = toProblem(error);
    return problem.code === 'secrets.old-drop' ? { custody, warnings: [problem] } : { custody, warnings: [], problem };
  }

  return {
    async keep(runId) {
      const { custody, warnings, ...problem } = await pickUp(runId);
      log.info(custody.stored ? 'secrets.stored' : 'secrets.unchanged', {
        runId,
        name: custody.name,
        version: custody.version,
        capturedAt: custody.capturedAt,
        bytes: custody.size,
      });
      return { custody, warnings: [...warnings, ...ageWarnings(custody, { now: clock.now(), maxAgeDays })], ...problem };
    },
  };
}

const aboutDrop: readonly ErrorCode[] = ['secrets.old-drop', 'secrets.invalid', 'secrets.too-large', 'secrets.unreadable'];

function isAboutDrop(error: unknown): boolean {
  return isHubkeepError(error) && !error.retryable && aboutDrop.includes(error.code);
}

function fileOf({ location: source }: DropFile, { content, modifiedAt }: Drop, runId: string) {
  return { content, source, runId, modifiedAt };
}

function neverStored(dropFile: DropFile | undefined): HubkeepError {
  return new HubkeepError('secrets.never-stored', 'SystemSecrets.JSON is not in the vault, so this stamp cannot be restored.', {
    hint: `In the admin portal open App Service, Secrets, choose Download Secrets; then hubkeep secrets put FILE${dropFile === undefined ? '' : `, or leave it as ${dropFile.location}`}. If it was stored before, it may have been deleted: az keyvault secret list-deleted.`,
  });
}

import type { SecretsCustody } from '../contracts/secrets-custody';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { SecretVault, StoredSecret } from '../ports/secret-vault';
import { capturedAtOf, describeContent, runOf, tagsMatch } from './content-tags';
import { systemSecretsName } from './secret-name';
import { readSystemSecrets } from './system-secrets-content';

export interface SystemSecretsDeps {
  readonly vault: SecretVault;
  readonly clock: Clock;
  readonly stampName: string;
}

export interface SystemSecretsFile {
  readonly content: Uint8Array;
  /** For messages: the path, or where else it came from. */
  readonly source: string;
  readonly runId: string;
}

export interface SystemSecretsStore {
  /**
   * Adds a version when the content differs from the newest one, then reads that version back. Throws
   * `secrets.invalid`, `secrets.too-large`, `vault.mismatch` and what the vault throws.
   */
  store(file: SystemSecretsFile): Promise<SecretsCustody>;
  /** The newest version, or undefined when nothing was ever stored. Throws `vault.mismatch` when it was tampered with. */
  current(runId?: string): Promise<SecretsCustody | undefined>;
}

/** SystemSecrets.JSON as versions of one vault secret. */
export function createSystemSecretsStore({ vault, clock, stampName }: SystemSecretsDeps): SystemSecretsStore {
  const name = systemSecretsName(stampName);

  function custodyOf(secret: StoredSecret, runId: string | undefined): SecretsCustody {
    return {
      vault: vault.location,
      name,
      version: secret.version,
      capturedAt: capturedAtOf(secret),
      // By tag, so that the same call made twice gives the same answer.
      stored: runId !== undefined && runOf(secret) === runId,
      size: Buffer.byteLength(secret.value),
    };
  }

  async function newest(): Promise<StoredSecret | undefined> {
    try {
      return await vault.get(name);
    } catch (error) {
      if (codeOf(error) === 'vault.not-found') return undefined;
      throw error;
    }
  }

  async function addVersion(text: string, runId: string): Promise<StoredSecret> {
    const tags = describeContent(text, { runId, capturedAt: clock.now().toISOString() });
    const { version } = await vault.set(name, text, { contentType: 'application/json', tags });
    const readBack = await vault.get(name, version);
    if (readBack.value !== text) throw mismatch(`Version ${version} of ${name} does not read back as it was written.`);
    return readBack;
  }

  return {
    async store({ content, source, runId }) {
      const text = readSystemSecrets(content, source);
      const existing = await newest();
      // The second check adds a good version over one whose value no longer fits its own tags.
      const unchanged = existing?.value === text && tagsMatch(existing, text) === true;
      return custodyOf(unchanged ? existing : await addVersion(text, runId), runId);
    },
    async current(runId) {
      const secret = await newest();
      if (secret === undefined) return undefined;
      const matches = tagsMatch(secret, secret.value);
      if (matches === false) throw mismatch(`The newest version of ${name} does not fit the hash noted beside it.`);
      if (matches === undefined) readSystemSecrets(Buffer.from(secret.value), `The secret ${name} in the vault`);
      return custodyOf(secret, runId);
    },
  };
}

function mismatch(message: string): HubkeepError {
  return new HubkeepError('vault.mismatch', message, {
    hint: 'Store SystemSecrets.JSON again, and find out in the log of the vault who changed it.',
  });
}

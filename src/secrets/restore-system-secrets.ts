import type { SecretsCustody } from '../contracts/secrets-custody';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { SecretVault } from '../ports/secret-vault';
import { readContent, type KeptContent } from './kept-content';

/**
 * The SystemSecrets.JSON of a recovery point, byte for byte, whatever was stored after it. Throws `vault.not-found`,
 * `vault.mismatch` when it is not what was stored, and what the vault throws.
 */
export async function restoreSystemSecrets(vault: SecretVault, custody: SecretsCustody): Promise<Buffer> {
  const content = Buffer.from((await fetchVersion(vault, custody)).text);
  if (content.length === custody.size) return content;
  throw new HubkeepError('vault.mismatch', `Version ${custody.version} of ${custody.name} is not what was stored.`, {
    hint: 'Restore the secrets of another recovery point, and find out in the log of the vault who changed it.',
  });
}

async function fetchVersion(vault: SecretVault, { vault: location, name, version }: SecretsCustody): Promise<KeptContent> {
  try {
    return await readContent(vault, name, version);
  } catch (error) {
    if (codeOf(error) !== 'vault.not-found' || location === vault.location) throw error;
    throw new HubkeepError('vault.not-found', `Version ${version} of ${name} is not in Key Vault ${vault.location}.`, {
      hint: `The recovery point keeps its secrets in ${location}: set KEY_VAULT_URL to that.`,
    });
  }
}

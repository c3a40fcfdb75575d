/** The part of the composition that is of the secrets. */
import { createKeepSystemSecrets } from './activities/keep-system-secrets';
import { notConfigured } from './activities/not-configured';
import { createBlobDropFile } from './adapters/azure-blob/blob-drop-file';
import type { AzureBlobAccount } from './adapters/azure-blob/container-client';
import { createLocalDropFile } from './adapters/local-drop-file/local-drop-file';
import type { Config } from './config/config';
import { lateAdapters } from './late-adapters';
import type { Clock } from './ports/clock';
import type { DropFile } from './ports/drop-file';
import type { Log } from './ports/log';
import type { SecretVault } from './ports/secret-vault';
import type { RunGuard } from './runs/run-guard';
import { createSystemSecretsKeeper, type SystemSecretsKeeper } from './secrets/keep-system-secrets';
import { createSystemSecretsStore } from './secrets/store-system-secrets';
import { createSystemSecretsDesk, type SystemSecretsDesk } from './secrets/system-secrets-desk';

interface Outside {
  /** Of the backups: a file may be dropped there too. */
  readonly account: AzureBlobAccount;
  readonly clock: Clock;
  readonly log: Log;
}

/** Nothing where KEY_VAULT_URL is not set. */
export interface Secrets {
  readonly vault: SecretVault | undefined;
  readonly secretsKeeper: SystemSecretsKeeper | undefined;
  readonly systemSecrets: SystemSecretsDesk | undefined;
}

export function openSecrets(config: Config, outside: Outside): Secrets {
  const { secrets, stampName, identity } = config;
  if (secrets === undefined) return { vault: undefined, secretsKeeper: undefined, systemSecrets: undefined };
  const { clock, log } = outside;
  const { vaultUrl: url, vaultApiVersion: apiVersion, verifyChallenge, wipe, maxAgeDays } = secrets;
  const credential = lateAdapters.identity().createCredential(identity);
  const vault = lateAdapters.keyVault().createKeyVault({ url, apiVersion, verifyChallenge, clock, credential });
  const store = createSystemSecretsStore({ vault, clock, stampName });
  const dropFile = openDropFile(config, outside);
  return {
    vault,
    secretsKeeper: createSystemSecretsKeeper({ store, dropFile, wipe, maxAgeDays, clock, log }),
    systemSecrets: createSystemSecretsDesk({ store, clock, maxAgeDays }),
  };
}

function openDropFile({ secrets, storage: { apiVersion } }: Config, { account }: Outside): DropFile | undefined {
  const place = secrets?.dropFile;
  if (place === undefined) return undefined;
  if ('path' in place) return createLocalDropFile(place.path);
  return createBlobDropFile(account, { container: place.container, name: place.blob }, { apiVersion });
}

export function secretsActivity({ secretsKeeper: keeper }: Secrets, { guard }: { readonly guard: RunGuard }) {
  if (keeper === undefined) return notConfigured('secrets', 'KEY_VAULT_URL');
  return createKeepSystemSecrets({ keep: (runId) => guard(runId, () => keeper.keep(runId)) });
}

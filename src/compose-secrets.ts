/** The part of the composition that is of the secrets. */
import { createKeepSystemSecrets } from './activities/keep-system-secrets';
import { notConfigured } from './activities/not-configured';
import { createAppServiceAdmin } from './adapters/app-service-admin/app-service-admin';
import { createBlobDropFile } from './adapters/azure-blob/blob-drop-file';
import type { AzureBlobAccount } from './adapters/azure-blob/container-client';
import type { KeyVaultOptions } from './adapters/key-vault/key-vault';
import { vaultLocation } from './adapters/key-vault/vault-location';
import { createLocalDropFile } from './adapters/local-drop-file/local-drop-file';
import { openCredential } from './compose-identity';
import type { Config, RotationWatchConfig } from './config/config';
import { lateAdapters } from './late-adapters';
import type { Clock } from './ports/clock';
import type { DropFile } from './ports/drop-file';
import type { Log } from './ports/log';
import type { SecretVault } from './ports/secret-vault';
import type { RunGuard } from './runs/run-guard';
import { createSystemSecretsKeeper, type SystemSecretsKeeper } from './secrets/keep-system-secrets';
import { watchRotation, type RotationWatchDeps, type WatchedKeeper } from './secrets/rotation-watch';
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
  const { secrets, stampName } = config;
  if (secrets === undefined) return { vault: undefined, secretsKeeper: undefined, systemSecrets: undefined };
  const { clock, log } = outside;
  const { vaultUrl: url, vaultApiVersion: apiVersion, verifyChallenge, wipe, maxAgeDays } = secrets;
  const credential = openCredential(config, url);
  const vault = openVault({ url, apiVersion, verifyChallenge, clock, credential });
  const store = createSystemSecretsStore({ vault, clock, stampName });
  const dropFile = openDropFile(config, outside);
  return {
    vault,
    secretsKeeper: createSystemSecretsKeeper({ store, dropFile, wipe, maxAgeDays, clock, log }),
    systemSecrets: createSystemSecretsDesk({ store, clock, maxAgeDays }),
  };
}

/** The SDK is loaded when the vault is first asked for something. */
function openVault(options: KeyVaultOptions): SecretVault {
  let opened: SecretVault | undefined;
  const vault = () => (opened ??= lateAdapters.keyVault().createKeyVault(options));
  return {
    location: vaultLocation(options.url),
    set: async (...asked) => vault().set(...asked),
    get: async (...asked) => vault().get(...asked),
    tag: async (...asked) => vault().tag(...asked),
  };
}

function openDropFile({ secrets, storage: { apiVersion } }: Config, { account }: Outside): DropFile | undefined {
  const place = secrets?.dropFile;
  if (place === undefined) return undefined;
  if ('path' in place) return createLocalDropFile(place.path);
  return createBlobDropFile(account, { container: place.container, name: place.blob }, { apiVersion });
}

interface RunParts extends Omit<RotationWatchDeps, 'source'> {
  readonly config: Config;
  readonly guard: RunGuard;
}

export function secretsActivity({ secretsKeeper }: Secrets, { guard, ...parts }: RunParts) {
  if (secretsKeeper === undefined) return notConfigured('secrets', 'KEY_VAULT_URL');
  const keeper = withRotationWatch(secretsKeeper, parts);
  return createKeepSystemSecrets({ keep: (runId) => guard(runId, () => keeper.keep(runId)) });
}

/** As written, or as the ARM that serves the admin API tells. */
function audienceOf({ url, audience }: RotationWatchConfig): string | (() => Promise<string>) {
  if (audience !== undefined) return audience;
  const named = { setting: 'APP_SERVICE_ADMIN_URL', instead: 'APP_SERVICE_ADMIN_AUDIENCE' };
  const metadata = lateAdapters.stampMetadata().createStampMetadata(new URL(url).origin, named);
  return async () => (await metadata.read()).audiences[0];
}

/** The keeper as it is where nobody watches for rotated secrets. */
function withRotationWatch(keeper: SystemSecretsKeeper, { config, ...parts }: Omit<RunParts, 'guard'>): WatchedKeeper {
  const watch = config.secrets?.rotationWatch;
  if (watch === undefined) return keeper;
  const { url } = watch;
  const credential = openCredential(config, url);
  const source = createAppServiceAdmin({ url, audience: audienceOf(watch), credential });
  return watchRotation(keeper, { source, ...parts });
}

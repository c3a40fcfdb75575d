/** AZURE_STACK_ARM_ENDPOINT and what follows from it for settings that are not written. */
import { isOfPublicAzure } from '../contracts/azure-clouds';
import type { SettingValues } from './schema';
import { armHost } from './setting-types';

export interface StampConfig {
  /** Azure Resource Manager of the stamp, without its last slash. */
  readonly armEndpoint: string;
  /** `region.fqdn`, below which all services of the stamp lie; undefined for one that is only pretended. */
  readonly domain: string | undefined;
}

/** The newest that Microsoft's samples for Azure Stack Hub speak; stamps have refused 2019-12-12. */
const defaultStorageVersion = '2019-07-07';
/** What a vault of Azure Stack Hub names as its latest. */
const vaultVersion = '7.1';

export function stampOf({ AZURE_STACK_ARM_ENDPOINT: armEndpoint }: SettingValues): StampConfig | undefined {
  if (armEndpoint === undefined) return undefined;
  return { armEndpoint, domain: armHost.exec(new URL(armEndpoint).hostname)?.[1] };
}

/** The services of a stamp are spoken to in its way; those of Azure itself, where backups should lie, are not. */
export function storageVersionOf(values: SettingValues): string | undefined {
  const { STORAGE_API_VERSION: written, AZURE_STACK_ARM_ENDPOINT: stamp } = values;
  if (written !== undefined || stamp === undefined || isOfPublicAzure(storageAddressOf(values))) return written;
  return defaultStorageVersion;
}

export function vaultProtocolOf(values: SettingValues): { vaultApiVersion: string | undefined; verifyChallenge: boolean } {
  const { KEY_VAULT_URL: url = '', KEY_VAULT_API_VERSION: version, KEY_VAULT_VERIFY_CHALLENGE: verify } = values;
  const ofStamp = values.AZURE_STACK_ARM_ENDPOINT !== undefined && !isOfPublicAzure(url);
  return { vaultApiVersion: version ?? (ofStamp ? vaultVersion : undefined), verifyChallenge: verify ?? !ofStamp };
}

type StorageSettings = Partial<Pick<SettingValues, 'BACKUP_STORAGE_CONNECTION_STRING' | 'BACKUP_STORAGE_URL'>>;

/** Blob endpoint of the account, as its connection string tells it. */
export function storageAddressOf(values: StorageSettings): string {
  const { BACKUP_STORAGE_CONNECTION_STRING: connectionString, BACKUP_STORAGE_URL: url = '' } = values;
  if (connectionString === undefined) return url;
  const part = (name: string) => new RegExp(`(?:^|;)\\s*${name}=([^;]+)`, 'i').exec(connectionString)?.[1]?.trim();
  const account = part('AccountName');
  return (
    part('BlobEndpoint') ??
    (account === undefined ? '' : `https://${account}.blob.${part('EndpointSuffix') ?? 'core.windows.net'}`)
  );
}

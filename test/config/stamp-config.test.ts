import { loadConfig } from '../../src/config/load-config';

const stamp = 'https://management.north.contoso.example';
const key = Buffer.alloc(64).toString('base64');
const onStamp = `DefaultEndpointsProtocol=https;AccountName=backups;AccountKey=${key};EndpointSuffix=north.contoso.example`;
const inAzure = `DefaultEndpointsProtocol=https;AccountName=backups;AccountKey=${key};EndpointSuffix=core.windows.net`;
const vault = 'https://backup.vault.north.contoso.example';

function configOf(settings: Record<string, string>) {
  const all = { BACKUP_STORAGE_CONNECTION_STRING: onStamp, BACKUP_COMPONENTS: 'secrets', KEY_VAULT_URL: vault, ...settings };
  return loadConfig(all);
}

function spoken(settings: Record<string, string>) {
  const { storage, secrets } = configOf(settings);
  return [storage.apiVersion, secrets?.vaultApiVersion, secrets?.verifyChallenge];
}

test('without a stamp named, the SDKs speak as they like', () => {
  expect(spoken({})).toEqual([undefined, undefined, true]);
});

test('storage and vault of a stamp are spoken to in versions that it knows', () => {
  expect(spoken({ AZURE_STACK_ARM_ENDPOINT: stamp })).toEqual(['2019-07-07', '7.1', false]);
});

test.each([
  ['an endpoint of its own', `BlobEndpoint=https://backups.blob.south.contoso.example;AccountName=backups;AccountKey=${key}`],
  ['the emulator', 'UseDevelopmentStorage=true'],
  ['a signature', `BlobEndpoint=https://backups.blob.north.contoso.example/;SharedAccessSignature=sv=2019-07-07&sig=abc`],
])('a connection string with %s is not of Azure', (_what, BACKUP_STORAGE_CONNECTION_STRING) => {
  const { storage } = configOf({ AZURE_STACK_ARM_ENDPOINT: stamp, BACKUP_STORAGE_CONNECTION_STRING });
  expect(storage.apiVersion).toBe('2019-07-07');
});

test.each([
  ['core.windows.net', 'https://backup.vault.azure.net'],
  ['core.chinacloudapi.cn', 'https://backup.vault.azure.cn'],
  ['core.usgovcloudapi.net', 'https://backup.vault.usgovcloudapi.net'],
])('services of Azure beside a stamp (%s) are spoken to as those of Azure', (suffix, KEY_VAULT_URL) => {
  const BACKUP_STORAGE_CONNECTION_STRING = inAzure.replace('core.windows.net', suffix);
  const settings = { AZURE_STACK_ARM_ENDPOINT: stamp, BACKUP_STORAGE_CONNECTION_STRING, KEY_VAULT_URL };
  expect(spoken(settings)).toEqual([undefined, undefined, true]);
});

test('a connection string without suffix is of Azure', () => {
  const BACKUP_STORAGE_CONNECTION_STRING = `AccountName=backups;AccountKey=${key}`;
  expect(configOf({ AZURE_STACK_ARM_ENDPOINT: stamp, BACKUP_STORAGE_CONNECTION_STRING }).storage.apiVersion).toBeUndefined();
});

test('what is written wins', () => {
  const written = { STORAGE_API_VERSION: '2018-11-09', KEY_VAULT_API_VERSION: '7.0', KEY_VAULT_VERIFY_CHALLENGE: 'true' };
  expect(spoken({ AZURE_STACK_ARM_ENDPOINT: stamp, ...written })).toEqual(['2018-11-09', '7.0', true]);
});

test.each(['https://management.north.contoso.example/', 'https://adminmanagement.north.contoso.example'])(
  'the domain of the stamp is taken from %s',
  (endpoint) => {
    expect(configOf({ AZURE_STACK_ARM_ENDPOINT: endpoint }).stamp).toEqual({
      armEndpoint: endpoint.replace(/\/$/, ''),
      domain: 'north.contoso.example',
    });
  },
);

test.each([
  'https://management.azure.com',
  'https://portal.north.contoso.example',
  'management.north.contoso.example',
  'http://management.north.contoso.example',
])('%s is no ARM of a stamp', (endpoint) => {
  expect(() => configOf({ AZURE_STACK_ARM_ENDPOINT: endpoint })).toThrow(/AZURE_STACK_ARM_ENDPOINT: must /);
});

test('versions that take only small blocks are refused before anything is touched', () => {
  expect(() => configOf({ STORAGE_API_VERSION: '2015-12-11' })).toThrow('STORAGE_API_VERSION: must be 2017-11-09 or later');
});

describe('signing in', () => {
  const url = { BACKUP_STORAGE_CONNECTION_STRING: '', AZURE_STACK_ARM_ENDPOINT: stamp };

  test('storage of a stamp takes no identity', () => {
    const settings = { ...url, BACKUP_STORAGE_URL: 'https://backups.blob.north.contoso.example' };
    expect(() => configOf(settings)).toThrow(/BACKUP_STORAGE_SAS: is not set, and storage of Azure Stack Hub takes no identity/);
    expect(configOf({ ...settings, BACKUP_STORAGE_SAS: 'sv=2019-07-07&sig=abc' }).storage.account).toHaveProperty('sas');
  });

  test('storage of Azure does, beside a stamp too', () => {
    const account = { accountUrl: 'https://backups.blob.core.windows.net' };
    expect(configOf({ ...url, BACKUP_STORAGE_URL: account.accountUrl }).storage.account).toEqual(account);
  });

  test('an admin API needs no audience where its ARM can be asked', () => {
    const admin = `https://adminmanagement.north.contoso.example/subscriptions/s/providers/Microsoft.Web.Admin/locations/north`;
    expect(() => configOf({ APP_SERVICE_ADMIN_URL: admin })).toThrow(/APP_SERVICE_ADMIN_AUDIENCE: is not set/);
    const { secrets } = configOf({ APP_SERVICE_ADMIN_URL: admin, AZURE_STACK_ARM_ENDPOINT: stamp });
    expect(secrets?.rotationWatch).toEqual({ url: admin, audience: undefined });
  });
});

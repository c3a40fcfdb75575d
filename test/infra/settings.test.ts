import { loadConfig } from '../../src/config/load-config';
import { hostSettings, settingNames, settings, type Setting, type SettingName } from '../../src/config/schema';
import { everywhere, readText, resourcesOf, scenarioNames, settingsOf, template } from './template';

/** Settings of the host and its SDKs that the template sets, beside those that are listed in the schema. */
const ofTheHost = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AZURE_CLIENT_ID',
  'AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName',
  'AzureFunctionsJobHost__extensions__durableTask__storageProvider__type',
  // In place of AzureWebJobsStorage, which would hold a key.
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
  'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_RUNTIME',
  'UV_THREADPOOL_SIZE',
  'WEBSITES_ENABLE_APP_SERVICE_STORAGE',
  'WEBSITES_PORT',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID',
];

const used = [...new Set(scenarioNames.flatMap((scenario) => Object.keys(settingsOf(scenario))))].sort();
const more = Object.keys(template.definitions['moreSettingsType'].properties);
const without = Object.keys(template.metadata.settingsWithoutParameter);

test('every app setting is one of Hubkeep or a listed one of the host', () => {
  const known: readonly string[] = [...settingNames, ...ofTheHost];
  expect(used.filter((name) => !known.includes(name))).toEqual([]);
  expect(ofTheHost.filter((name) => !used.includes(name))).toEqual([]);
  expect(hostSettings.filter((name) => !ofTheHost.some((listed) => listed.startsWith(name)))).toEqual([]);
});

test('every setting of Hubkeep has a parameter, or is one of moreSettings, or says why no plan of Azure can serve it', () => {
  const byParameter = used.filter((name) => !ofTheHost.includes(name) && !more.includes(name));
  expect([...byParameter, ...more, ...without].sort()).toEqual([...settingNames].sort());
});

test('no secret is an app setting but by reference, and no reference is to another vault', () => {
  for (const scenario of scenarioNames) {
    const [vault] = everywhere('Microsoft.KeyVault/vaults').flatMap(([where, { name }]) => (where === scenario ? [name] : []));
    const written = settingsOf(scenario);
    const secrets = settingNames.filter((name) => isSecret(name) && name in written);
    expect(secrets).toContain('SQL_PASSWORD');
    for (const name of secrets) expect(written[name]).toMatch(`@Microsoft.KeyVault(VaultName=${vault};SecretName=hubkeep-`);
  }
  const inTheClear = [...more, ...used].filter(
    (name) => (settingNames as string[]).includes(name) && isSecret(name as SettingName),
  );
  expect([...new Set(inTheClear)].sort()).toEqual([
    'FILE_SHARE_PASSWORD',
    'NOTIFY_WEBHOOK_URL',
    'SQL_BACKUP_DIRECTORY_PASSWORD',
    'SQL_PASSWORD',
  ]);
});

test('Hubkeep accepts what each scenario sets, on the plan that it runs on there', () => {
  for (const scenario of scenarioNames) {
    const resolved = Object.entries(settingsOf(scenario)).map(([name, value]) => [name, asInAzure(value)]);
    const [plan] = resourcesOf(scenario, 'Microsoft.Web/serverfarms');
    expect(() => loadConfig({ ...Object.fromEntries(resolved), WEBSITE_SKU: plan?.sku.tier })).not.toThrow();
  }
});

test('defaults of parameters are those of the settings', () => {
  for (const name of settingNames) {
    const parameter = template.parameters[camelCase(name)];
    // These two are what a plan of Azure can serve, and not what a host beside the stamp would want.
    if (parameter === undefined || ['BACKUP_COMPONENTS', 'SQL_BACKUP_MODE'].includes(name)) continue;
    const setting: Setting<unknown> = settings[name];
    expect([name, parameter.defaultValue]).toEqual([name, setting.fallback ?? '']);
  }
});

test('moreSettings takes nothing that is unknown', () => {
  expect(template.definitions['moreSettingsType'].additionalProperties).toBe(false);
  expect(readText('infra/types.bicep')).toContain('@sealed()');
});

function isSecret(name: SettingName): boolean {
  const setting: Setting<unknown> = settings[name];
  return setting.secret;
}

/** The values that are only known once Azure has made something. */
function asInAzure(value: string): string {
  if (value.startsWith('@Microsoft.KeyVault(')) return 'https://resolved.example/';
  return value.startsWith('[') ? 'https://account.blob.core.windows.net' : value;
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

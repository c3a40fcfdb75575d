import { everywhere, scenarioNames, resourcesOf } from './template';

const accounts = everywhere('Microsoft.Storage/storageAccounts');
const isOfBackups = (name: string) => name.startsWith('stbackup');

test('each scenario has a storage account for the host and another one for the backups', () => {
  for (const scenario of scenarioNames) {
    const names = resourcesOf(scenario, 'Microsoft.Storage/storageAccounts').map(({ name }) => name);
    expect([scenario, names.length, names.filter(isOfBackups).length]).toEqual([scenario, 2, 1]);
  }
});

test('no storage account has keys, anonymous readers, plain HTTP or a TLS older than 1.2', () => {
  for (const [scenario, { name, properties }] of accounts) {
    expect([scenario, name, properties]).toEqual([
      scenario,
      name,
      expect.objectContaining({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        supportsHttpsTrafficOnly: true,
        minimumTlsVersion: 'TLS1_2',
      }),
    ]);
  }
});

test('what is deleted or overwritten in the backups can be brought back, versions and containers too', () => {
  const services = everywhere('Microsoft.Storage/storageAccounts/blobServices').filter(([, { name }]) => isOfBackups(name));
  expect(services).toHaveLength(scenarioNames.length);
  for (const [, { properties }] of services) {
    const { days } = properties.deleteRetentionPolicy;
    expect(days).toBeGreaterThanOrEqual(7);
    expect(properties).toEqual({
      isVersioningEnabled: true,
      deleteRetentionPolicy: { enabled: true, days, allowPermanentDelete: false },
      containerDeleteRetentionPolicy: { enabled: true, days },
    });
  }
});

test('immutability covers the recovery points and nothing that is written twice with a hash beside it', () => {
  const policies = everywhere('Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies');
  expect(policies.map(([scenario]) => scenario).sort()).toEqual(['locked-down', 'production']);
  for (const [scenario, { name, properties }] of policies) {
    expect(name).toMatch(/\/hubkeep\/default$/);
    expect(properties).toEqual({ immutabilityPeriodSinceCreationInDays: 35 });
    const container = resourcesOf(scenario, 'Microsoft.Storage/storageAccounts/blobServices/containers').find((found) =>
      name.startsWith(`${found.name}/`),
    );
    expect(container?.properties.immutableStorageWithVersioning).toEqual({ enabled: true });
  }
});

test('lifecycle rules move packs and databases, and delete old versions and nothing that is current', () => {
  const policies = everywhere('Microsoft.Storage/storageAccounts/managementPolicies');
  expect(policies).toHaveLength(scenarioNames.length);
  for (const [scenario, { properties }] of policies) {
    for (const { definition } of properties.policy.rules) {
      const { baseBlob = {}, ...others } = definition.actions;
      expect(Object.keys(baseBlob).filter((action) => !['tierToCool', 'tierToCold'].includes(action))).toEqual([]);
      if (baseBlob.tierToCool !== undefined) {
        for (const prefix of definition.filters.prefixMatch) expect(prefix).toMatch(/^hubkeep(-sql)?\/(packs|databases)\/$/);
      }
      for (const action of Object.values<Record<string, unknown>>(others)) expect(Object.keys(action)).toEqual(['delete']);
      expect(Object.keys(others).filter((kind) => !['version', 'snapshot'].includes(kind))).toEqual([]);
    }
    const tiered = properties.policy.rules.some(({ name }: { name: string }) => name === 'old-packs-to-cooler-tiers');
    expect([scenario, tiered]).toEqual([scenario, scenario !== 'trial']);
  }
});

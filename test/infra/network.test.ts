import { everywhere, resourcesOf, snapshotOf, type Resource } from './template';

/** What a resource says of its own public endpoint: one word or, for telemetry, two. */
function publicAccess({ properties = {} }: Resource): readonly unknown[] {
  return ['publicNetworkAccess', 'publicNetworkAccessForIngestion', 'publicNetworkAccessForQuery'].flatMap((name) =>
    name in properties ? [properties[name]] : [],
  );
}

const withEndpoint = [
  'Microsoft.DurableTask/schedulers',
  'Microsoft.Insights/components',
  'Microsoft.KeyVault/vaults',
  'Microsoft.OperationalInsights/workspaces',
  'Microsoft.Storage/storageAccounts',
  'Microsoft.Web/sites',
];

test('locked down, nothing has a public endpoint', () => {
  const open = snapshotOf('locked-down').predictedResources.map((resource) => [resource.type, publicAccess(resource)] as const);
  const told = open.filter(([, access]) => access.length > 0);
  expect([...new Set(told.map(([type]) => type))].sort()).toEqual(withEndpoint);
  for (const [type, access] of told) expect([type, [...new Set(access)]]).toEqual([type, ['Disabled']]);
});

test('locked down, everything that the app or its callers need has a private endpoint', () => {
  const targets = resourcesOf('locked-down', 'Microsoft.Network/privateEndpoints').map(({ properties }) => {
    const [{ properties: connection }] = properties.privateLinkServiceConnections;
    const type = /providers\/([^/]+\/[^/]+)\/[^/]+$/.exec(connection.privateLinkServiceId)?.[1];
    return `${type} ${connection.groupIds}`;
  });
  expect(targets.sort()).toEqual([
    'Microsoft.DurableTask/schedulers scheduler',
    'Microsoft.Insights/privateLinkScopes azuremonitor',
    'Microsoft.KeyVault/vaults vault',
    'Microsoft.Storage/storageAccounts blob',
    'Microsoft.Storage/storageAccounts blob',
    'Microsoft.Storage/storageAccounts queue',
    'Microsoft.Storage/storageAccounts table',
    'Microsoft.Web/sites sites',
  ]);
});

test('private endpoints are resolved unless zones are kept elsewhere', () => {
  const count = (scenario: string, type: string) => resourcesOf(scenario, `Microsoft.Network/${type}`).length;
  for (const scenario of ['production', 'locked-down']) {
    expect(count(scenario, 'privateEndpoints/privateDnsZoneGroups')).toBe(count(scenario, 'privateEndpoints'));
    expect(count(scenario, 'privateDnsZones/virtualNetworkLinks')).toBe(count(scenario, 'privateDnsZones'));
  }
  expect(count('premium', 'privateEndpoints')).toBe(6);
  expect(count('premium', 'privateDnsZones') + count('premium', 'privateEndpoints/privateDnsZoneGroups')).toBe(0);
});

test('integrated, firewalls of storage and vault hold for all but the addresses that were given', () => {
  for (const type of ['Microsoft.Storage/storageAccounts', 'Microsoft.KeyVault/vaults']) {
    for (const { name, properties } of resourcesOf('production', type)) {
      const addresses = properties.networkAcls.ipRules.map(({ value }: { value: string }) => value);
      expect([name, properties.networkAcls.defaultAction, addresses]).toEqual([name, 'Deny', ['203.0.113.0/24']]);
    }
  }
});

test('in a network, the app sends all it sends through it', () => {
  for (const scenario of ['production', 'premium', 'locked-down']) {
    const [app] = resourcesOf(scenario, 'Microsoft.Web/sites');
    expect(app?.properties.virtualNetworkSubnetId).toMatch(/\/subnets\/(hubkeep-)?app$/);
    // Flex Consumption has no other way out.
    if (scenario !== 'production') expect(app?.properties.outboundVnetRouting).toEqual({ allTraffic: true });
  }
});

test('the subnet of the app is delegated to what its plan runs on', () => {
  const delegations = ['production', 'locked-down'].map((scenario) => {
    const [network] = resourcesOf(scenario, 'Microsoft.Network/virtualNetworks');
    return network?.properties.subnets[0].properties.delegations[0].properties.serviceName;
  });
  expect(delegations).toEqual(['Microsoft.App/environments', 'Microsoft.Web/serverFarms']);
});

test('the app is reached by HTTPS with TLS 1.2, never by FTP or with publishing credentials', () => {
  const policies = everywhere('Microsoft.Web/sites/basicPublishingCredentialsPolicies');
  for (const [scenario, { name, properties }] of everywhere('Microsoft.Web/sites')) {
    expect([scenario, properties.httpsOnly]).toEqual([scenario, true]);
    expect(properties.siteConfig).toMatchObject({
      minTlsVersion: '1.2',
      scmMinTlsVersion: '1.2',
      ftpsState: 'Disabled',
      remoteDebuggingEnabled: false,
    });
    const allowed = policies.flatMap(([where, policy]) => (where === scenario ? [[policy.name, policy.properties.allow]] : []));
    expect(allowed).toEqual([
      [`${name}/ftp`, false],
      [`${name}/scm`, false],
    ]);
  }
});

test('storage, vault and app write what happens to them into the workspace', () => {
  for (const scenario of ['trial', 'production', 'premium', 'locked-down']) {
    const watched = resourcesOf(scenario, 'Microsoft.Insights/diagnosticSettings').map(({ id }) => id.split('/providers/')[1]);
    expect(watched.map((id) => id?.replace(/\/(?:sthost|stbackup|kv-|func-)[^/]*/, '')).sort()).toEqual([
      'Microsoft.KeyVault/vaults',
      'Microsoft.Storage/storageAccounts/blobServices/default',
      'Microsoft.Storage/storageAccounts/blobServices/default',
      'Microsoft.Web/sites',
    ]);
  }
});

test('in a virtual network the scheduler of tasks is reached by its private endpoint alone', () => {
  const schedulers = everywhere('Microsoft.DurableTask/schedulers');
  expect(schedulers.map(([scenario]) => scenario)).toEqual(['locked-down', 'premium']);
  for (const [, { properties }] of schedulers) {
    expect(properties).toMatchObject({ publicNetworkAccess: 'Disabled' });
    expect(JSON.stringify(properties)).not.toContain('0.0.0.0/0');
  }
});

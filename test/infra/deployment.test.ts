import { everywhere, readText, resourcesOf, scenarioNames, settingsOf, template } from './template';

interface Element {
  readonly name: string;
  readonly type: string;
  readonly constraints?: { readonly allowedValues?: readonly { readonly value: string }[] };
}

const ui = JSON.parse(readText('infra/createUiDefinition.json')).parameters as {
  readonly basics: readonly Element[];
  readonly steps: readonly { readonly name: string; readonly elements: readonly Element[] }[];
  readonly outputs: Readonly<Record<string, string>>;
};
const elements = [...ui.basics, ...ui.steps.flatMap((step) => step.elements)];

/** For whoever writes a file of parameters. */
const byFileAlone = [
  ...[
    'appSubnetId',
    'endpointSubnetId',
    'createPrivateDnsZones',
    'backupSubscriptionId',
    'backupResourceGroup',
    'backupContainer',
  ],
  ...['immutabilityLocked', 'instanceMemoryMB', 'logRetentionDays', 'maximumInstanceCount', 'moreSettings', 'packageUploaderId'],
  ...['premiumSku', 'systemSecretsPath', 'tags', 'vaultRetentionDays'],
];

test('the form of the portal gives parameters of the template and no others', () => {
  expect([...Object.keys(ui.outputs), ...byFileAlone].sort()).toEqual(Object.keys(template.parameters).sort());
});

test('every answer of the form is used, and every answer that is used is asked for', () => {
  const asked = [
    ...ui.basics.map(({ name }) => `basics('${name}')`),
    ...ui.steps.flatMap((step) => step.elements.map(({ name }) => `steps('${step.name}').${name}`)),
  ].sort();
  const used = JSON.stringify(ui.outputs).match(/basics\('\w+'\)|steps\('\w+'\)\.\w+/g) ?? [];
  expect([...new Set(used)].sort()).toEqual(asked);
});

test('the form offers what the template allows', () => {
  const choices = elements.filter(({ type }) => type === 'Microsoft.Common.DropDown');
  expect(choices.length).toBeGreaterThan(2);
  for (const { name, constraints } of choices) {
    const { allowedValues } = template.parameters[name] as { readonly allowedValues?: readonly string[] };
    const offered = constraints?.allowedValues?.map(({ value }) => value);
    if (allowedValues !== undefined) expect([name, offered]).toEqual([name, allowedValues]);
  }
  expect(
    elements
      .filter(({ type }) => type === 'Microsoft.Common.PasswordBox')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(
    Object.keys(template.parameters)
      .filter((name) => template.parameters[name]?.type === 'securestring')
      .sort(),
  );
});

test('azd gives parameters of the template, all that have no default among them', () => {
  const { parameters } = JSON.parse(readText('infra/main.parameters.json')) as { parameters: Record<string, { value: string }> };
  expect(Object.keys(parameters).filter((name) => !(name in template.parameters))).toEqual([]);
  const needed = Object.keys(template.parameters).filter((name) => !('defaultValue' in (template.parameters[name] ?? {})));
  expect(needed.filter((name) => !(name in parameters))).toEqual([]);
  // What azd puts in is text, in every case.
  for (const name of Object.keys(parameters))
    expect([name, template.parameters[name]?.type]).toEqual([name, expect.stringMatching(/string$/)]);
  for (const [name, { value }] of Object.entries(parameters)) {
    const given = /^\$\{[A-Z_]+=(.*)\}$/.exec(value)?.[1];
    if (given !== undefined) expect([name, given]).toEqual([name, template.parameters[name]?.defaultValue]);
  }
});

test('the page on deploying names parameters, and what azd takes unless it is told, as they are', () => {
  const [, page = ''] = readText('docs/deploy.md').split('## Through Azure Functions instead');
  const named = [...page.matchAll(/`([a-z]+[A-Z]\w+)`/g)].map(([, name = '']) => name);
  expect(named).toContain('backupResourceGroup');
  const values = template.parameters['network']?.allowedValues ?? [];
  expect(named.filter((name) => !(name in template.parameters) && !values.includes(name))).toEqual([]);
  const defaults = [...page.matchAll(/`(HUBKEEP_\w+)`: `(\w+)` unless set/g)];
  expect(defaults).toHaveLength(2);
  for (const [, name, value] of defaults) expect(readText('infra/main.parameters.json')).toContain(`\${${name}=${value}}`);
});

test('azd finds the app of Flex Consumption, which is the only one it can deploy to', () => {
  const [, service] = /^services:\n {2}(\w+):\n/m.exec(readText('azure.yaml')) ?? [];
  const tagged = everywhere('Microsoft.Web/sites').flatMap(([scenario, { tags }]) =>
    'azd-service-name' in tags ? [[scenario, tags['azd-service-name']]] : [],
  );
  expect(tagged).toEqual([
    ['production', service],
    ['trial', service],
  ]);
});

test('every plan runs Node 24', () => {
  for (const scenario of scenarioNames) {
    const [app] = resourcesOf(scenario, 'Microsoft.Web/sites');
    const { functionAppConfig, siteConfig } = app?.properties ?? {};
    const runtime = functionAppConfig?.runtime ?? siteConfig.linuxFxVersion;
    expect([scenario, runtime]).toEqual([scenario, expect.anything()]);
    if (scenario === 'locked-down') expect(runtime).toMatch(/^DOCKER\|/);
    else expect(runtime).toEqual(scenario === 'premium' ? 'NODE|24' : { name: 'node', version: '24' });
  }
});

test('Flex Consumption gets no setting that it refuses, and takes its package by identity', () => {
  for (const scenario of ['trial', 'production']) {
    expect(Object.keys(settingsOf(scenario)).filter((name) => /^(FUNCTIONS_|WEBSITE)/.test(name))).toEqual([]);
    const [app] = resourcesOf(scenario, 'Microsoft.Web/sites');
    expect(app?.properties.functionAppConfig.deployment.storage.authentication.type).toBe('UserAssignedIdentity');
  }
});

test('Durable Task Scheduler has a task hub of the name that host.json gives', () => {
  const { extensions } = JSON.parse(readText('host.json'));
  const [hub] = resourcesOf('locked-down', 'Microsoft.DurableTask/schedulers/taskHubs');
  expect(hub?.name.split('/')[1]).toBe(extensions.durableTask.hubName);
  expect(settingsOf('locked-down')).toMatchObject({
    AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged',
    AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName:
      'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  });
});

test('no rule of the linter is off', () => {
  const { rules } = JSON.parse(readText('infra/bicepconfig.json')).analyzers.core as { rules: Record<string, { level: string }> };
  expect(Object.keys(rules).length).toBeGreaterThan(30);
  for (const [rule, { level }] of Object.entries(rules)) expect([rule, level]).toEqual([rule, 'error']);
});

test('the workflow for users passes on everything that azd takes from its environment', () => {
  const taken = [...readText('infra/main.parameters.json').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  expect(taken.length).toBeGreaterThan(10);
  const workflow = readText('.github/workflows/deploy.yml');
  expect(taken.filter((name) => !workflow.includes(`      ${name}: \${{`))).toEqual([]);
});

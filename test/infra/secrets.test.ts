import { everywhere, readText, scenarioNames, snapshotOf, template, templatesIn } from './template';

const secure = (type: string | undefined) => type === 'securestring' || type === 'secureObject';

test('secrets come in as secure parameters, and in every module that they pass through', () => {
  for (const { parameters } of templatesIn(template)) {
    for (const [name, { type }] of Object.entries(parameters)) {
      // Object ids and names of secrets open nothing.
      const isSecret =
        /password|webhookurl|connectionstring|token$/i.test(name) && !/^(token|insightsConnectionString)$/.test(name);
      expect([name, secure(type)]).toEqual([name, isSecret]);
    }
  }
});

test('outputs hold no secret', () => {
  const secret = templatesIn(template).flatMap(({ parameters }) =>
    Object.entries(parameters).flatMap(([name, { type }]) => (secure(type) ? [name] : [])),
  );
  expect(secret).toContain('sqlPassword');
  for (const { outputs = {} } of templatesIn(template)) {
    for (const [name, { type, value }] of Object.entries(outputs)) {
      expect([name, type]).toEqual([name, 'string']);
      expect(value).not.toMatch(/\blist[A-Z]\w*\(|\bgetSecret\(/);
      for (const parameter of secret) expect(value).not.toContain(`parameters('${parameter}')`);
    }
  }
});

test('nothing in the template reads a key', () => {
  expect(readText('infra/main.json')).not.toMatch(/\blist(Keys|AccountSas|ServiceSas|Secrets|ConnectionStrings)\(/i);
});

test('the vault answers by role alone, and nobody can purge it', () => {
  const vaults = everywhere('Microsoft.KeyVault/vaults');
  expect(vaults).toHaveLength(scenarioNames.length);
  for (const [, { properties }] of vaults) {
    expect(properties).toMatchObject({ enableRbacAuthorization: true, enableSoftDelete: true, enablePurgeProtection: true });
    expect(properties).not.toHaveProperty('accessPolicies');
  }
});

test('a secret reaches the vault from its parameter, only where one is given, and nothing else', () => {
  for (const scenario of scenarioNames) {
    const text = JSON.stringify(snapshotOf(scenario));
    const places = [
      ...text.matchAll(/parameters\('(?:sqlPassword|sqlBackupDirectoryPassword|fileSharePassword|notifyWebhookUrl)'\)/g),
    ].length;
    const secrets = snapshotOf(scenario).predictedResources.filter(({ type }) => type === 'Microsoft.KeyVault/vaults/secrets');
    for (const { condition, properties } of secrets) {
      expect(properties.value).toMatch(/^\[parameters\('\w+'\)\]$/);
      expect(condition).toBe(`[not(empty(${properties.value.slice(1, -1)}))]`);
    }
    expect([scenario, places]).toEqual([scenario, secrets.length * 2]);
  }
});

test('the app resolves references and signs in as the one identity', () => {
  for (const [, { identity, properties }] of everywhere('Microsoft.Web/sites')) {
    expect(identity.type).toBe('UserAssigned');
    expect(Object.keys(identity.userAssignedIdentities)).toEqual([properties.keyVaultReferenceIdentity]);
  }
});

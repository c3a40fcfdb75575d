import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { everywhere, readText, template, templatesIn } from './template';

interface Assignment {
  readonly type: string;
  readonly scope: string;
  readonly properties: { readonly principalId: string; readonly roleDefinitionId: string; readonly description: string };
}

/** How docs/security.md calls the scopes, by the parameter that names the resource. */
const scopeNames: Readonly<Record<string, string>> = {
  hostStorageName: 'host storage',
  'hostStorageName packageContainer': 'container of the package',
  backupStorageName: 'backup storage',
  'backupStorageName backupContainer': 'container of recovery points',
  'backupStorageName sqlContainer': 'container that SQL Server writes to',
  'backupStorageName dropContainer': 'container where SystemSecrets.JSON is left',
  vaultName: 'vault',
  insightsName: 'Application Insights',
  'taskSchedulerName taskHubName': 'task hub',
  registryName: 'container registry',
};

const templates = templatesIn(template);
const roles = templates.find(({ parameters }) => 'backupStorageName' in parameters && 'packageUploaderId' in parameters);
const compiled = Object.values(roles?.resources ?? {})
  .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
  .map((assignment: Assignment) => rowOf(assignment));
const documented = readText('docs/security.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map((cells) => cells.slice(1, -1))
  // Another table begins with who as well, and has a column more.
  .filter((cells) => cells.length === 4 && ['app', 'uploader'].includes(cells[0] ?? ''));

test('the page on security lists every role, its scope and why, and no other', () => {
  expect(compiled.length).toBeGreaterThan(10);
  expect([...documented].sort()).toEqual([...compiled].sort());
});

test('all role assignments stand in one file', () => {
  const files = readdirSync(join(__dirname, '../../../infra'), { recursive: true, encoding: 'utf8' });
  const withRoles = files.filter(
    (name) => name.endsWith('.bicep') && readText(`infra/${name}`).includes('Microsoft.Authorization/roleAssignments'),
  );
  expect(withRoles).toEqual(['modules/roles.bicep']);
});

test('every assignment that a scenario makes is one of those, below a resource and never on a group or subscription', () => {
  const reasons = new Set(compiled.map(([, , , why]) => why));
  const made = everywhere('Microsoft.Authorization/roleAssignments');
  expect(made.length).toBeGreaterThan(20);
  for (const [, { id, properties }] of made) {
    expect(reasons).toContain(properties.description);
    expect(id).toMatch(/\/resourceGroups\/[^/]+\/providers\/Microsoft\.[^/]+\/.+\/providers\/Microsoft\.Authorization\//);
  }
});

test('what deletes versions, owns or manages is given to nobody on the backups', () => {
  const onBackups = compiled.filter(([, , scope]) => /backup|recovery|SQL Server|left/.test(scope ?? '')).map(([, role]) => role);
  expect([...new Set(onBackups)].sort()).toEqual([
    'Storage Blob Data Contributor',
    'Storage Blob Data Reader',
    'Storage Blob Delegator',
  ]);
});

function rowOf({ scope, properties }: Assignment): string[] {
  const role = /variables\('roleIds'\)(?:\['(.+?)'\]|\.(\w+))/.exec(properties.roleDefinitionId);
  const named = [...scope.matchAll(/if\(empty\(parameters\('(\w+)'\)\)/g)].map(([, name]) => name).join(' ');
  return [
    properties.principalId.includes('packageUploaderId') ? 'uploader' : 'app',
    role?.[1] ?? role?.[2] ?? properties.roleDefinitionId,
    scopeNames[named] ?? scope,
    properties.description,
  ];
}

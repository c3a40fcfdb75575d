import { loadConfig } from '../../src/config/load-config';

const settings = {
  BACKUP_COMPONENTS: 'secrets',
  BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
  KEY_VAULT_URL: 'https://vault.example/',
};

const placeOf = (SYSTEM_SECRETS_PATH: string) => loadConfig({ ...settings, SYSTEM_SECRETS_PATH }).secrets?.dropFile;

function problemOf(changes: Record<string, string>): string {
  try {
    loadConfig({ ...settings, ...changes });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a problem');
}

test.each([
  ['/mnt/drop/SystemSecrets.JSON'],
  ['D:\\drop\\SystemSecrets.JSON'],
  ['\\\\files\\drop\\SystemSecrets.JSON'],
  ['/mnt/blob:x/y'],
])('the drop file may be at a path: %s', (written) => {
  expect(placeOf(written)).toEqual({ path: written });
});

test.each([
  ['blob:hubkeep-drop/SystemSecrets.JSON', 'SystemSecrets.JSON'],
  ['blob:hubkeep-drop/east/stamp 1/System Secrets (1).JSON', 'east/stamp 1/System Secrets (1).JSON'],
  ['blob:hubkeep-drop/.hidden/..x', '.hidden/..x'],
])('the drop file may be a blob: %s', (written, blob) => {
  expect(placeOf(written)).toEqual({ container: 'hubkeep-drop', blob });
});

test.each([
  ['SystemSecrets.JSON', 'blob:CONTAINER/NAME'],
  ['Blob:hubkeep-drop/x', 'blob:CONTAINER/NAME'],
  ['blob:', 'container of 3 to 63'],
  ['blob:/x', 'container of 3 to 63'],
  ['blob:Drop/x', 'container of 3 to 63'],
  ['blob:https://a.example/drop/x', 'container of 3 to 63'],
  ['blob:drop', 'no empty part'],
  ['blob:drop/', 'no empty part'],
  ['blob:drop/a//b', 'no empty part'],
  ['blob:drop/a/', 'no empty part'],
  ['blob:drop/../hubkeep/x', 'ends in a dot'],
  ['blob:drop/x.', 'ends in a dot'],
  ['blob:drop/{name}', 'none of'],
  ['blob:drop/%SQL_PASSWORD%', 'none of'],
  ['blob:drop/a\\b', 'none of'],
  [`blob:drop/${'x'.repeat(1025)}`, '1,024 characters'],
])('what cannot be a drop file is told with what to write instead: %s', (SYSTEM_SECRETS_PATH, advice) => {
  const problem = problemOf({ SYSTEM_SECRETS_PATH });
  expect(problem).toMatch(/^ {2}SYSTEM_SECRETS_PATH: must be/m);
  expect(problem).toContain(advice);
});

test.each([
  ['hubkeep', {}],
  ['hubkeep-sql', {}],
  ['own', { BACKUP_CONTAINER: 'own' }],
  ['own-sql', { BACKUP_CONTAINER: 'own' }],
])('the containers of backups take no drop file: %s', (container, changes) => {
  const problem = problemOf({ ...changes, SYSTEM_SECRETS_PATH: `blob:${container}/SystemSecrets.JSON` });
  expect(problem).toMatch(/^ {2}SYSTEM_SECRETS_PATH: names \S+, which holds backups/m);
});

test('commands that only read recovery points do not mind where the drop file is', () => {
  const environment = { ...settings, SYSTEM_SECRETS_PATH: 'blob:hubkeep/x' };
  expect(() => loadConfig(environment, { sources: false })).not.toThrow();
});

test('the drop file is wiped only when that is asked for', () => {
  expect(loadConfig(settings).secrets?.wipe).toBe(false);
  expect(loadConfig({ ...settings, SYSTEM_SECRETS_WIPE: 'true' }).secrets?.wipe).toBe(true);
  expect(problemOf({ SYSTEM_SECRETS_WIPE: 'yes' })).toContain('SYSTEM_SECRETS_WIPE: must be true or false');
});

import { loadConfig } from '../../src/config/load-config';

const sql = { SQL_SERVERS: 'sql1', SQL_USER: 'backup', SQL_PASSWORD: 'a-password' };
const base = { BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true', KEY_VAULT_URL: 'https://vault.example' };

function problemsOn(plan: string, settings: Record<string, string>): string {
  try {
    loadConfig({ ...base, ...settings, WEBSITE_SKU: plan });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('a plan that cannot mount the share refuses it, whether a path is set or not', () => {
  const expected =
    /BACKUP_COMPONENTS: lists fileshare, but a Flex Consumption plan cannot mount the share; set FILE_SHARE_SMB_URL.*docs\/hosting\.md/;
  expect(problemsOn('FlexConsumption', { BACKUP_COMPONENTS: 'fileshare,secrets' })).toMatch(expected);
  const withPath = problemsOn('FlexConsumption', { BACKUP_COMPONENTS: 'fileshare,secrets', FILE_SHARE_PATH: '/mnt/share' });
  expect(withPath).toMatch(expected);
  expect(withPath).toContain('One setting needs attention');
});

test('and it refuses backups through a staging directory, which it cannot see', () => {
  const settings = { ...sql, BACKUP_COMPONENTS: 'databases,secrets' };
  expect(problemsOn('FlexConsumption', settings)).toMatch(
    /SQL_BACKUP_MODE: is disk, but a Flex Consumption plan cannot mount the staging directory; set SQL_BACKUP_DIRECTORY_LOCAL to an smb:/,
  );
  expect(problemsOn('FlexConsumption', { ...settings, SQL_BACKUP_MODE: 'url' })).toBe('');
  const mounted = { SQL_BACKUP_DIRECTORY: 'D:\\Backup', SQL_BACKUP_DIRECTORY_LOCAL: '/mnt/backup' };
  expect(problemsOn('FlexConsumption', { ...settings, ...mounted })).toContain('cannot mount the staging directory');
});

test('a whole stamp is backed up without any mount', () => {
  const overSmb = {
    ...sql,
    FILE_SHARE_SMB_URL: 'smb://fs01/WebSites',
    FILE_SHARE_USER: 'CONTOSO\\backup',
    FILE_SHARE_PASSWORD: 'a-password',
    SQL_BACKUP_DIRECTORY: 'D:\\Backup',
    SQL_BACKUP_DIRECTORY_LOCAL: 'smb://{server}/Backup',
  };
  expect(problemsOn('FlexConsumption', overSmb)).toBe('');
  const { SQL_BACKUP_DIRECTORY: _directory, ...rest } = overSmb;
  expect(problemsOn('FlexConsumption', rest)).toContain('SQL_BACKUP_DIRECTORY: is not set');
});

test('nothing is refused of what is not backed up', () => {
  expect(problemsOn('FlexConsumption', { BACKUP_COMPONENTS: 'secrets', FILE_SHARE_PATH: '/mnt/share' })).toBe('');
});

test('a plan that ends functions after minutes backs up no database in any way', () => {
  const settings = { ...sql, BACKUP_COMPONENTS: 'databases,secrets', SQL_BACKUP_MODE: 'url' };
  expect(problemsOn('Dynamic', settings)).toMatch(
    /BACKUP_COMPONENTS: lists databases, but a Consumption plan ends every function/,
  );
  expect(problemsOn('Dynamic', { BACKUP_COMPONENTS: 'secrets' })).toBe('');
});

test.each(['ElasticPremium', 'PremiumV3', ''])('a host of the plan "%s" may have drives', (plan) => {
  const settings = { ...sql, SQL_BACKUP_DIRECTORY: '/backup', FILE_SHARE_PATH: '/mnt/share' };
  expect(problemsOn(plan, settings)).toBe('');
});

test('commands that only read recovery points work on every host', () => {
  expect(() => loadConfig({ ...base, WEBSITE_SKU: 'Dynamic' }, { sources: false })).not.toThrow();
});

import { loadConfig } from '../../src/config/load-config';

const account = { FILE_SHARE_USER: 'CONTOSO\\backup', FILE_SHARE_PASSWORD: 'CANARY-password' };
const base = { BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true', BACKUP_COMPONENTS: 'fileshare' };
const placeOf = (settings: Record<string, string>) => loadConfig({ ...base, ...account, ...settings }).fileShare?.place;

test.each([
  ['smb://fs01/WebSites', { host: 'fs01', share: 'WebSites', directory: '' }],
  ['smb://fs01.contoso.com:4450/WebSites/', { host: 'fs01.contoso.com', port: 4450, share: 'WebSites', directory: '' }],
  ['smb://10.0.0.4/Web%20Sites/a%23b/c', { host: '10.0.0.4', share: 'Web Sites', directory: 'a#b/c' }],
  ['smb://fs01/100%25/50%25%20off/%257Bx', { host: 'fs01', share: '100%', directory: '50% off/%7Bx' }],
  ['smb://[fd00::1]:445/WebSites', { host: 'fd00::1', port: 445, share: 'WebSites', directory: '' }],
])('%s', (url, place) => {
  expect(placeOf({ FILE_SHARE_SMB_URL: url })).toEqual({
    ...{ kind: 'smb', user: 'backup', domain: 'CONTOSO', password: account.FILE_SHARE_PASSWORD, requireEncryption: false },
    ...place,
  });
});

test.each([
  ['backup@contoso.com', { user: 'backup@contoso.com', domain: '' }],
  ['backup', { user: 'backup', domain: '' }],
])('the account %s', (user, expected) => {
  expect(placeOf({ FILE_SHARE_SMB_URL: 'smb://fs01/WebSites', FILE_SHARE_USER: user })).toMatchObject(expected);
});

test.each([
  ['//fs01/WebSites', /must be smb:\/\/host\/share/],
  ['smb://fs01', /must be smb:\/\/host\/share/],
  ['smb://user:CANARY@fs01/WebSites', /must not hold a user or password/],
  ['smb://fs01/WebSites/../etc', /must not hold \. or \.\./],
  ['smb://fs01/WebSites/%2e%2e/etc', /must not hold \. or \.\./],
  ['smb://fs01/a%2Fb', /must not hold .* or backslashes/],
  ['smb://fs01/WebSites/100%', /%25/],
  ['smb://fs01:0/WebSites', /must have a port from 1 to 65535/],
  ['smb://fs01:65536/WebSites', /must have a port from 1 to 65535/],
])('%s is refused', (url, message) => {
  expect(() => placeOf({ FILE_SHARE_SMB_URL: url })).toThrow(message);
});

test('a URL needs an account, and nothing is asked for beside a path', () => {
  const url = { ...base, FILE_SHARE_SMB_URL: 'smb://fs01/WebSites' };
  expect(() => loadConfig(url)).toThrow(/FILE_SHARE_USER: is not set[^]*FILE_SHARE_PASSWORD: is not set/);
  expect(loadConfig({ ...base, FILE_SHARE_PATH: '/mnt/share' }).fileShare?.place).toEqual({ kind: 'path', path: '/mnt/share' });
  expect(() => loadConfig({ ...url, ...account, FILE_SHARE_PATH: '/mnt/share' })).toThrow(/FILE_SHARE_SMB_URL: is set beside/);
});

test.each<[object, RegExp]>([
  [{ FILE_SHARE_PATH: 'smb://fs01/WebSites' }, /FILE_SHARE_PATH: must be.*FILE_SHARE_SMB_URL/],
  [{ FILE_SHARE_SMB_URL: 'smb://fs01/WebSites', FILE_SHARE_USER: 'CONTOSO\nightly' }, /FILE_SHARE_USER: must be DOMAIN/],
  [
    { FILE_SHARE_PATH: '/mnt/share', FILE_SHARE_REQUIRE_ENCRYPTION: 'true' },
    /FILE_SHARE_REQUIRE_ENCRYPTION: is true, and nothing/,
  ],
])('%j is refused with the setting that helps', (settings, message) => {
  expect(() => placeOf(settings as Record<string, string>)).toThrow(message);
});

test('no message holds the password', () => {
  const problems = () => placeOf({ FILE_SHARE_SMB_URL: 'nonsense', FILE_SHARE_USER: '' });
  expect(problems).toThrow(/FILE_SHARE_SMB_URL: must be/);
  expect(problems).not.toThrow(/CANARY/);
});

test('a plan that cannot mount the share can read it so', () => {
  const settings = { ...base, ...account, WEBSITE_SKU: 'FlexConsumption' };
  expect(() => loadConfig(settings)).toThrow(/set FILE_SHARE_SMB_URL, or take it out/);
  expect(loadConfig({ ...settings, FILE_SHARE_SMB_URL: 'smb://fs01/WebSites' }).fileShare?.place.kind).toBe('smb');
});

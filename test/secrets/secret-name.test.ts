import { systemSecretsName } from '../../src/secrets/secret-name';

describe('the name of the secret', () => {
  it.each([
    ['east', 'east-SystemSecrets'],
    ['East Stamp 01.contoso.com', 'East-Stamp-01-contoso-com-SystemSecrets'],
    ['__a__b__', 'a-b-SystemSecrets'],
    ['Österreich', 'sterreich-SystemSecrets'],
    ['', 'stamp-SystemSecrets'],
    ['x'.repeat(200), `${'x'.repeat(105)}-SystemSecrets`],
  ])('holds only what a vault allows: %s', (stamp, name) => {
    expect(systemSecretsName(stamp)).toBe(name);
    expect(name).toMatch(/^[0-9a-zA-Z-]{1,127}$/);
  });
});

import { statusError } from '../../../src/adapters/smb/nt-status';

test.each([
  ['a wrong password', 0xc000006d, 'login-refused'],
  ['a locked account', 0xc0000234, 'login-refused'],
  // A refused account is left alone; this is worth another try.
  ['a domain without a controller at the moment', 0xc000005e, 'busy'],
])('%s', (_, status, kind) => {
  expect(statusError('Signing in', status)).toMatchObject({ kind, status });
});

import { classifySqlError, hintFor } from '../../src/databases/error-classes';

const device = (os: number) =>
  `Das Sicherungsmedium 'D:\\Backup32(alt)\\x' kann nicht geöffnet werden. Betriebssystemfehler ${os}(Text).`;

test.each([
  [1205, '', 'transient'],
  [3023, '', 'transient'],
  [976, '', 'failover'],
  [3189, '', 'corruption'],
  [823, '', 'corruption'],
  [262, '', 'configuration'],
  [1844, '', 'configuration'],
  [99999, '', 'configuration'],
  [3201, device(32), 'transient'],
  [3201, device(64), 'transient'],
  [3201, device(5), 'configuration'],
  [3202, device(112), 'configuration'],
])('error %i %s is %s', (number, message, kind) => {
  expect(classifySqlError(number, message)).toBe(kind);
});

test('the hint of a device error comes from the Windows error in its text, in any language', () => {
  expect(hintFor(3201, device(5))).toContain('service account');
  expect(hintFor(3201, device(3))).toContain('does not exist');
  expect(hintFor(3201, 'no number')).toBeUndefined();
});

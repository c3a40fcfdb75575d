import { parseSecretStatus } from '../../../src/adapters/app-service-admin/parse-secret-status';

const nothingElse = { lifeDays: undefined, lastUpdated: undefined, expiresAt: undefined };

test('rows as the one public script shows them: an array with category, name and days', () => {
  expect(parseSecretStatus([{ category: 'Certificates', name: 'Publisher', lifeRemaining: 364 }])).toEqual([
    { ...nothingElse, category: 'Certificates', name: 'Publisher', lifeDays: 364 },
  ]);
});

test('the same under value, with properties, in other cases, and with what stands outside properties as the second choice', () => {
  const row = {
    Id: '/subscriptions/1/secrets/x',
    NAME: 'east/publisher',
    Properties: { Category: 'Certificates', Name: 'Publisher', LifeRemainingInDays: '12', Last_Updated: '2026-11-20T10:00:00Z' },
  };
  const updated = new Date('2026-11-20T10:00:00Z');
  expect(parseSecretStatus({ Value: [row, { NAME: 'alone', lifeRemaining: 1 }] })).toEqual([
    { ...nothingElse, category: 'Certificates', name: 'Publisher', lifeDays: 12, lastUpdated: { from: updated, to: updated } },
    { ...nothingElse, category: '', name: 'alone', lifeDays: 1 },
  ]);
});

test.each([
  [364, 364],
  [-3.5, -3.5],
  ['364', 364],
  ['364 days', 364],
  ['364.12:00:00', 364.5],
  ['364.06:00:00.1234567', 364.25],
  ['-3.12:00:00', -3.5],
  ['12:00:00', 0.5],
  ['P364D', 364],
  ['P1Y', 365],
  ['PT36H', 1.5],
  ['P1W1DT12H', 8.5],
  ['-P2D', -2],
  ['P', undefined],
  ['soon', undefined],
  ['2026-11-20', undefined],
  ['', undefined],
  [null, undefined],
  [{}, undefined],
])('life remaining %p is %p days', (lifeRemaining, days) => {
  const [row] = parseSecretStatus([{ name: 'a', lifeRemaining, expires: '2027-01-01T00:00:00Z' }]);
  expect(row?.lifeDays).toEqual(days);
});

test.each([
  ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
  ['2026-11-20T10:00:00.1234567Z', '2026-11-20T10:00:00.123Z'],
  ['2026-11-20T10:00:00', '2026-11-20T10:00:00.000Z'],
  ['2026-11-20T10:00:00+02:00', '2026-11-20T08:00:00.000Z'],
  ['/Date(1795170000000)/', '2026-11-20T10:20:00.000Z'],
  ['0001-01-01T00:00:00', undefined],
  ['11/10/2026 10:00:00', undefined],
  ['2026-11-20T99:00:00Z', undefined],
  ['never', undefined],
  [20, undefined],
])('the date %p is %p', (written, instant) => {
  for (const key of ['lastUpdated', 'LastRotatedOn', 'last-renewed']) {
    const [row] = parseSecretStatus([{ name: 'a', lifeRemaining: 1, [key]: written }]);
    expect(row?.lastUpdated?.from.toISOString()).toEqual(instant);
    expect(row?.lastUpdated?.to).toEqual(row?.lastUpdated?.from);
  }
  for (const key of ['expirationDate', 'expiry', 'expiresOn', 'notAfter']) {
    const [row] = parseSecretStatus([{ name: 'a', lifeRemaining: 1, [key]: written }]);
    expect(row?.expiresAt?.toISOString()).toEqual(instant);
  }
});

test('a day without its time may be any time of that day', () => {
  const [row] = parseSecretStatus([{ name: 'a', lastUpdated: '2026-11-20' }]);
  expect(row?.lastUpdated).toEqual({ from: new Date('2026-11-20T00:00:00.000Z'), to: new Date('2026-11-20T23:59:59.999Z') });
});

test('what does not clearly say when it was rotated is not taken for it', () => {
  const row = { name: 'a', lifeRemaining: 1, lastChecked: '2026-11-20T10:00:00Z', updateAvailable: '2026-11-20T10:00:00Z' };
  expect(parseSecretStatus([row])).toEqual([{ ...nothingElse, category: '', name: 'a', lifeDays: 1 }]);
});

test('names are one short line', () => {
  const [row] = parseSecretStatus([{ name: ` a\r\n\u001b[31mb${'x'.repeat(500)}`, lifeRemaining: 1 }]);
  expect(row?.name).toMatch(/^a \[31mbx+$/);
  expect(row?.name).toHaveLength(120);
});

test.each([
  ['null', null],
  ['a text', 'secrets'],
  ['an error', { error: { code: 'InternalServerError' } }],
  ['no rows', []],
  ['rows without a name', [{ lifeRemaining: 5 }, 7, null, [1]]],
  ['rows that say nothing', [{ name: 'a', category: 'b', status: 'Valid' }]],
  ['nested without end', JSON.parse(`${'{"properties":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
])('nothing can be learnt from %s', (_kind, document) => {
  expect(parseSecretStatus(document)).toEqual([]);
});

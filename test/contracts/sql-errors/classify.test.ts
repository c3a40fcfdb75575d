import { classifySqlError, isWrapper, osErrorIn } from '../../../src/contracts/sql-errors/classify';
import { sqlErrorRules } from '../../../src/contracts/sql-errors/table';

const device = (os: number) =>
  `Das Sicherungsmedium 'D:\\Backup32(alt)\\x' kann nicht geöffnet werden. Betriebssystemfehler ${os}(Zugriff verweigert).`;

test.each([
  [1205, '', 'transient', 'try again under a new name'],
  [3023, '', 'transient', 'try again under a new name'],
  [976, '', 'failover', 'find the replica again'],
  [3059, '', 'reroute', 'find the replica again'],
  [3035, '', 'promote', 'fail'],
  [3189, '', 'corruption', 'fail, and hold older points'],
  [824, '', 'corruption', 'fail, and hold older points'],
  [3203, device(23), 'corruption', 'fail, and hold older points'],
  [3203, device(64), 'transient', 'try again under a new name'],
  [262, '', 'configuration', 'fail'],
  [99999, '', 'configuration', 'fail'],
  [3201, device(32), 'transient', 'try again under a new name'],
  [3201, device(5), 'configuration', 'fail'],
  [3202, device(112), 'configuration', 'fail'],
  [3271, device(995), 'wrapper', 'read the error before it'],
  [3271, device(112), 'configuration', 'fail'],
  [18210, device(5), 'configuration', 'fail'],
  [3271, device(53), 'transient', 'try again under a new name'],
  [18210, device(1231), 'transient', 'try again under a new name'],
  [18210, 'no number', 'wrapper', 'read the error before it'],
  [3009, '', 'warning', 'prove by the file’s header'],
] as const)('error %i %s is %s', (number, message, ...[kind, action]) => {
  expect(classifySqlError(number, message)).toMatchObject({ kind, action });
});

test('what the operator should do about a device comes from the Windows error in its text', () => {
  expect(classifySqlError(3201, device(5))).toMatchObject({ osError: 5, advice: expect.stringContaining('service account') });
  expect(classifySqlError(3201, device(3)).advice).toContain('does not exist');
});

test('an unknown number is quoted', () => {
  expect(classifySqlError(54321, 'x').advice).toContain('54321');
});

test.each([
  ["Cannot open backup device 'D:\\a(1)\\b'. Operating system error 5(Access is denied.).", 5],
  ['Erreur du système d’exploitation 112(Espace insuffisant sur le disque).', 112],
  ["バックアップ デバイス 'D:\\x' を開けません。オペレーティング システム エラー 53(ネットワーク パスが見つかりません。)。", 53],
  ['操作系统错误 64（指定的网络名不再可用。）', 64],
  ['BACKUP failed: 995 (The I/O operation has been aborted)', 995],
  ["Cannot open 'D:\\2024(old)\\x'.", 2024],
  ['no number at all', undefined],
])('the Windows error of %j is found', (message, expected) => {
  expect(osErrorIn(message)).toBe(expected);
});

test('wrappers are told from what they wrap', () => {
  expect(isWrapper(3013, 'BACKUP DATABASE is terminating abnormally.')).toBe(true);
  expect(isWrapper(3271, 'A nonrecoverable I/O error occurred: 995(aborted).')).toBe(true);
  expect(isWrapper(3271, 'A nonrecoverable I/O error occurred: 64(gone).')).toBe(false);
});

test('every number is there once, but for the Windows errors it is told apart by', () => {
  const plain = sqlErrorRules.filter(({ os }) => os === undefined).flatMap(({ numbers }) => numbers);
  expect(plain.length).toBe(new Set(plain).size);
});

test('every rule that the operator has to do with tells what to do', () => {
  const silent = sqlErrorRules.filter(
    ({ kind, advice }) => ['configuration', 'corruption', 'reroute', 'failover', 'promote', 'restore'].includes(kind) && !advice,
  );
  expect(silent).toEqual([]);
});

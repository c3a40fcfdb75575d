import { backupToDisk, quoteName, quoteText, verifyBackup } from '../../src/databases/statements';

const backup = { database: 'x', path: 'D:\\b\\x.bak', setName: 'x.bak', compression: true };

test('identifiers and texts are closed by the rules of the server', () => {
  expect(quoteName('a]b]]')).toBe('[a]]b]]]]]');
  expect(quoteText("o'brien''")).toBe("N'o''brien'''''");
});

test.each(['', 'x'.repeat(129), 'a\0b'])('%j cannot be the name of a database', (name) => {
  expect(() => quoteName(name)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
});

test('a backup is always copy-only, with checksums, into a file of its own', () => {
  expect(backupToDisk(backup)).toBe(
    "BACKUP DATABASE [x] TO DISK = N'D:\\b\\x.bak' WITH COPY_ONLY, CHECKSUM, COMPRESSION, FORMAT, INIT, NAME = N'x.bak', STATS = 5",
  );
  expect(backupToDisk({ ...backup, compression: false })).toContain(' NO_COMPRESSION,');
});

test('a path SQL Server cannot open is refused before it is sent', () => {
  expect(() => verifyBackup(`D:\\${'x'.repeat(260)}`)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
});

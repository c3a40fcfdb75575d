import { backupDatabase, quoteName, quoteText, verifyBackup, type BackupDevice } from '../../src/databases/statements';

const disk = (name: string): BackupDevice => ({ kind: 'disk', name });
const backup = { database: 'x', devices: [disk('D:\\b\\x.bak')], setName: 'x.bak', compression: true };

test('identifiers and texts are closed by the rules of the server', () => {
  expect(quoteName('a]b]]')).toBe('[a]]b]]]]]');
  expect(quoteText("o'brien''")).toBe("N'o''brien'''''");
});

test.each(['', 'x'.repeat(129), 'a\0b'])('%j cannot be the name of a database', (name) => {
  expect(() => quoteName(name)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
});

test('a backup is always copy-only, with checksums, into a file of its own', () => {
  expect(backupDatabase(backup)).toBe(
    "BACKUP DATABASE [x] TO DISK = N'D:\\b\\x.bak' WITH COPY_ONLY, CHECKSUM, COMPRESSION, FORMAT, INIT, NAME = N'x.bak', STATS = 1",
  );
  expect(backupDatabase({ ...backup, compression: false })).toContain(' NO_COMPRESSION,');
});

test('a path SQL Server cannot open is refused before it is sent', () => {
  expect(() => verifyBackup([disk(`D:\\${'x'.repeat(260)}`)])).toThrow(expect.objectContaining({ code: 'config.invalid' }));
});

test('stripes are named one after the other, in the backup and in its verification', () => {
  const devices = [disk('/b/x'), disk("/b/o'brien")];
  expect(backupDatabase({ ...backup, devices })).toContain(" TO DISK = N'/b/x', DISK = N'/b/o''brien' WITH ");
  expect(verifyBackup(devices)).toBe("RESTORE VERIFYONLY FROM DISK = N'/b/x', DISK = N'/b/o''brien' WITH CHECKSUM, STATS = 1");
});

test('a backup to blobs never says FORMAT or INIT: they would overwrite', () => {
  const devices: BackupDevice[] = [{ kind: 'url', name: 'https://a.blob.example/c/x.bak' }];
  const statement = backupDatabase({ ...backup, devices, maxTransferSize: 4194304, blockSize: 65536 });
  expect(statement).toBe(
    "BACKUP DATABASE [x] TO URL = N'https://a.blob.example/c/x.bak' WITH COPY_ONLY, CHECKSUM, COMPRESSION, NAME = N'x.bak', MAXTRANSFERSIZE = 4194304, BLOCKSIZE = 65536, STATS = 1",
  );
});

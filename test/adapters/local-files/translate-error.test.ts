import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalFiles } from '../../../src/adapters/local-files/local-files';
import { translateFileError, translateRootError } from '../../../src/adapters/local-files/translate-error';

const systemError = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });

test.each([
  ['ENOENT', 'share.vanished'],
  ['ELOOP', 'share.vanished'],
  ['EACCES', 'share.denied'],
  ['EBUSY', 'share.locked'],
  ['EAGAIN', 'share.locked'],
  ['EIO', 'share.unreadable'],
  ['ESTALE', 'share.unreadable'],
  ['UNKNOWN', 'share.unreadable'],
])('%s of one entry is %s, which the next try need not be', (name, code) => {
  const cause = systemError(name);
  const error = translateFileError(cause, 'sites/a.txt');
  expect(error).toMatchObject({ code, retryable: false, cause });
  expect(error.message).toMatch(new RegExp(`^sites/a\\.txt: .*\\(${name}\\)$`));
});

test.each(['ENOTCONN', 'EHOSTDOWN', 'EHOSTUNREACH', 'ETIMEDOUT', 'ENETUNREACH', 'ECONNRESET', 'ECONNABORTED'])(
  '%s means the share and not the entry, and trying again can help',
  (name) => {
    expect(translateFileError(systemError(name), 'sites/a.txt')).toMatchObject({ code: 'share.gone', retryable: true });
  },
);

test.each([
  ['ENOENT', 'share.not-found'],
  ['EACCES', 'share.not-found'],
  ['EIO', 'share.gone'],
  ['ESTALE', 'share.gone'],
  ['ENOTCONN', 'share.gone'],
])('%s of the root is %s', (name, code) => {
  const error = translateRootError(systemError(name), '/mnt/share');
  expect(error).toMatchObject({ code, retryable: code === 'share.gone' });
  expect(error.message).toContain('FILE_SHARE_PATH /mnt/share');
});

test('a path too long for the system is named as such', () => {
  expect(translateFileError(systemError('ENAMETOOLONG'), 'a').message).toContain('too long');
});

test('a root that is missing or a file is not found', async () => {
  const work = mkdtempSync(join(tmpdir(), 'hubkeep-root-'));
  const file = join(work, 'file');
  writeFileSync(file, '');
  for (const root of [join(work, 'nowhere'), file])
    await expect(createLocalFiles(root).check()).rejects.toMatchObject({ code: 'share.not-found' });
  rmSync(work, { recursive: true });
});

test('a UNC path where there are none is told apart from a share that is not mounted', async () => {
  await expect(createLocalFiles('\\\\fs01\\WebSites').check()).rejects.toMatchObject({
    ...{ code: 'share.not-found', hint: expect.stringContaining('FILE_SHARE_SMB_URL') },
  });
  await expect(createLocalFiles('/nowhere/WebSites').check()).rejects.toMatchObject({
    ...{ code: 'share.not-found', hint: expect.stringContaining('Mount the share') },
  });
});

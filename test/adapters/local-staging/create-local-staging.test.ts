import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalStaging } from '../../../src/adapters/local-staging/create-local-staging';
import { HubkeepError } from '../../../src/errors/hubkeep-error';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'hubkeep-staging-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function* chunks(failure?: Error) {
  yield Buffer.from('one, ');
  if (failure !== undefined) throw failure;
  yield Buffer.from('two');
}

const staging = () => createLocalStaging(() => directory);

test('a file is written whole and can be read again', async () => {
  await staging().write('server', 'a.bak', chunks());
  expect(readFileSync(join(directory, 'a.bak'), 'utf8')).toBe('one, two');
  expect((await staging().open('server', 'a.bak')).size).toBe(8);
});

test('a file whose content fails goes again, and the failure stays what it was', async () => {
  const failure = new HubkeepError('format.damaged', 'It is not what was backed up');
  await expect(staging().write('server', 'a.bak', chunks(failure))).rejects.toBe(failure);
  expect(readdirSync(directory)).toEqual([]);
});

test('nothing is written over, and nothing outside the directory', async () => {
  writeFileSync(join(directory, 'a.bak'), 'there');
  await expect(staging().write('server', 'a.bak', chunks())).rejects.toMatchObject({ code: 'sql.staging-unwritable' });
  expect(readFileSync(join(directory, 'a.bak'), 'utf8')).toBe('there');
  await expect(staging().write('server', '../a.bak', chunks())).rejects.toMatchObject({ code: 'sql.staging-unreadable' });
  const missing = createLocalStaging(() => join(directory, 'missing'));
  await expect(missing.write('server', 'a.bak', chunks())).rejects.toMatchObject({
    ...{ code: 'sql.staging-unwritable', hint: expect.stringContaining('SQL_BACKUP_DIRECTORY_LOCAL') },
  });
});

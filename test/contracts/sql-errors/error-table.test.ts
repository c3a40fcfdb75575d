import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorTable } from '../../../src/contracts/sql-errors/error-table';

const file = join(__dirname, '..', '..', '..', '..', 'docs', 'databases.md');
const section = /(?<=<!-- errors -->\n)[^]*(?=<!-- end of errors -->)/;

test('the table in docs/databases.md is that of the code; with WRITE_DOCS=1 this test writes it', () => {
  const page = readFileSync(file, 'utf8');
  const expected = `\n${errorTable()}\n\n`;
  if (process.env['WRITE_DOCS'] === '1')
    writeFileSync(
      file,
      page.replace(section, () => expected),
    );
  else expect(section.exec(page)?.[0]).toBe(expected);
});

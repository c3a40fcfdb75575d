import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../bench/report/report';
import { writeReport } from '../../bench/report/write-report';

const directory = mkdtempSync(join(tmpdir(), 'hubkeep-report-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const report: Report = {
  section: 'small',
  title: 'Many small files',
  tree: 'a tree',
  runs: 3,
  command: 'npm run bench -- small --runs 3',
  versions: new Map([['rclone', '1.60.1']]),
  body: 'a table',
  figures: { transactions: 19 },
};

test('a report goes to its section, its figures beside the page, and into the goals', async () => {
  await writeReport(
    { ...report, section: 'large', body: 'of the large file', figures: { 'first ÷ SDK': 1.23456789 } },
    directory,
  );
  await writeReport(report, directory);
  await writeReport({ ...report, body: 'another table', figures: { transactions: 21 } }, directory);

  const page = readFileSync(join(directory, 'benchmarks.md'), 'utf8');
  expect(page.match(/<!-- \w+ -->/g)).toEqual(['<!-- goals -->', '<!-- small -->', '<!-- large -->']);
  expect(page).toContain('of the large file');
  expect(page).toContain('another table');
  expect(page).not.toContain('a table');
  expect(page).toMatch(/Node \d+\.\d+\.\d+, rclone 1\.60\.1/);
  expect(page).toContain('- 3 runs: `npm run bench -- small --runs 3`');
  expect(page).toMatch(/storage transactions \| ≤ 20 \| 21 \| no \|/);
  expect(page).toMatch(/`uploadFile` \| ≤ 1\.10 \| 1\.23 \| no \|/);

  const results = JSON.parse(readFileSync(join(directory, 'benchmarks.json'), 'utf8'));
  expect(results.large.figures).toEqual({ 'first ÷ SDK': 1.23457 });
  expect(results.small).toMatchObject({ runs: 3, tree: 'a tree', figures: { transactions: 21 } });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goals, goalsText } from '../../bench/report/goals';
import { putSection } from '../../bench/report/page';
import type { Results } from '../../bench/report/results';

const order = ['goals', 'first', 'second', 'third'];
const page =
  '# Page\n\nWords before.\n\n<!-- first -->\n\nold\n\n<!-- end of first -->\n\n<!-- third -->\n\nkept\n\n<!-- end of third -->\n\nAfter.\n';

test('a section is replaced, and every other letter stays', () => {
  expect(putSection(page, { name: 'first', text: 'new $& $1' }, order)).toBe(page.replace('old', () => 'new $& $1'));
});

test('writing the same section again changes nothing', () => {
  const once = putSection(page, { name: 'second', text: 'new' }, order);
  expect(putSection(once, { name: 'second', text: 'new' }, order)).toBe(once);
});

test('a section that is not there yet goes where the order wants it', () => {
  const written = putSection(page, { name: 'second', text: 'new' }, order);
  expect(written.match(/<!-- \w+ -->/g)).toEqual(['<!-- first -->', '<!-- second -->', '<!-- third -->']);
  expect(written.replace('<!-- second -->\n\nnew\n\n<!-- end of second -->\n\n', '')).toBe(page);
});

test('a section nobody has ordered goes to the end', () => {
  expect(putSection(page, { name: 'own', text: 'new' }, order)).toBe(`${page}\n<!-- own -->\n\nnew\n\n<!-- end of own -->\n`);
});

test('a page with half a section is left alone', () => {
  const broken = page.replace('<!-- end of first -->', '');
  expect(() => putSection(broken, { name: 'first', text: 'new' }, order)).toThrow('first has lost its beginning or its end');
});

function resultWith(figures: Record<string, number>) {
  return { date: '2026-11-25', machine: '', versions: {}, tree: '', runs: 1, command: '', figures };
}

test('a goal says what was measured and whether that is enough', () => {
  const text = goalsText({ small: resultWith({ 'files a second ÷ rclone': 24.9, transactions: 20 }) });
  expect(text).toMatch(/÷ rclone \| ≥ 25\.0 \| 24\.9 \| no \|/);
  expect(text).toMatch(/transactions \| ≤ 20 \| 20 \| yes \|/);
  expect(text.match(/not measured/g)).toHaveLength(goals.length - 2);
});

test('the goals of docs/benchmarks.md are what its results say', () => {
  const docs = join(__dirname, '..', '..', '..', 'docs');
  const results = JSON.parse(readFileSync(join(docs, 'benchmarks.json'), 'utf8')) as Results;
  const written = readFileSync(join(docs, 'benchmarks.md'), 'utf8');
  expect(putSection(written, { name: 'goals', text: goalsText(results) }, [])).toBe(written);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const checkout = join(__dirname, '..', '..', '..');
const ours = readFileSync(join(checkout, '.github', 'workflows', 'release.yml'), 'utf8');
let directory: string;

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'hubkeep-workflows-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function check(workflow?: string) {
  if (workflow !== undefined) writeFileSync(join(directory, 'changed.yml'), workflow);
  const words = workflow === undefined ? [] : ['--directory', directory];
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'scripts', 'check-workflows.mjs'), ...words], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

test('nothing is wrong with the workflows', () => {
  expect(check()).toEqual({ status: 0, stderr: '' });
});

test.each([
  ['a key that is not one', ours.replace('runs-on', 'runs-at'), "Unexpected value 'runs-at'"],
  ['an expression that is not one', ours.replace('github.token', 'github.tocken()'), 'Unexpected symbol'],
  ['a job that waits for none', ours.replace('needs: package', 'needs: packages'), 'packages'],
  ['a script that is not there', ours.replace('npm run package', 'npm run pack'), 'there is no npm script pack'],
  ['a file that is not there', ours.replace('.ci/run', '.ci/walk'), 'there is no .ci/walk'],
  [
    'an action by its tag',
    ours.replace(/actions\/attest@\S+ # /, 'actions/attest@v4 # '),
    'actions/attest@v4 is not held to a commit',
  ],
  ['a job without end', ours.replace('    timeout-minutes: 15\n', ''), 'package: may run for six hours'],
  ['rights that nobody thought of', ours.replace('permissions: {}\n', ''), 'says nothing of permissions'],
])('%s is found', (_what, workflow, said) => {
  expect(workflow).not.toBe(ours);
  const { status, stderr } = check(workflow);
  expect([status, stderr]).toEqual([1, expect.stringContaining(said)]);
});

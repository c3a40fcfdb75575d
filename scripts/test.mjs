// Builds, runs jest with the arguments given, and ends with one plain line that a machine can read: "N passed, N failed".
// `--unit` leaves out what runs whole programs. A second jest configuration would have to repeat the first one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const given = process.argv.slice(2);
const unit = given.includes('--unit');
const patterns = given.filter((argument) => argument !== '--unit');

try {
  execFileSync(process.execPath, [`${root}scripts/build.mjs`], { stdio: 'inherit' });
} catch (error) {
  process.exit(error.status ?? 1);
}
const directory = mkdtempSync(join(tmpdir(), 'hubkeep-test-'));
const report = join(directory, 'report.json');
const whatToRun = unit ? ['--testPathIgnorePatterns', '/e2e/', '/canary/', '--', ...patterns] : ['--', ...patterns];
const { status } = spawnSync(
  process.execPath,
  [jest, '--config', `${root}jest.config.js`, '--json', '--outputFile', report, ...whatToRun],
  { stdio: ['inherit', 2, 'inherit'], cwd: root },
);
process.stdout.write(`${closingLine()}\n`);
rmSync(directory, { recursive: true });
process.exit(status ?? 1);

/** A suite that could not even start counts as one failure. */
function closingLine() {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`;
  } catch {
    return '0 passed, 1 failed';
  }
}

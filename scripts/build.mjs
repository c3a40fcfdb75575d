// Compiles to dist/ from nothing, so that no output of a deleted source file stays behind.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const root = new URL('..', import.meta.url).pathname;
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(`${root}dist`, { recursive: true, force: true });
try {
  execFileSync(process.execPath, [tsc, '--project', `${root}tsconfig.json`], { stdio: 'inherit', cwd: root });
} catch (error) {
  process.exit(error.status ?? 1);
}
chmodSync(`${root}dist/src/cli/main.js`, 0o755);

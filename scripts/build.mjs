// Compiles to dist/ from nothing, so that no output of a deleted source file stays behind. The old dist/ is replaced at
// the end and at once: programs that run from it load further files of it at any time. The CLI is one file with all that it
// imports (docs/adr/0008), in the place where its first module is compiled to.
import { execFileSync } from 'node:child_process';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bundle, lateSdks, root } from './bundle.mjs';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
// As deep as dist/ itself, which source maps count upon.
const built = `${root}dist.${process.pid}.new`;
const replaced = `${root}dist.${process.pid}.old`;

try {
  execFileSync(process.execPath, [tsc, '--project', `${root}tsconfig.json`, '--outDir', built], { stdio: 'inherit', cwd: root });
  await bundle({
    ...{ entryPoints: ['src/cli/run-cli.ts'], outfile: `${built}/src/cli/run-cli.js`, allowOverwrite: true },
    ...{ external: lateSdks, sourcemap: true },
  });
} catch (error) {
  rmSync(built, { recursive: true, force: true });
  process.exit(error.status ?? 1);
}
chmodSync(`${built}/src/cli/main.js`, 0o755);
unlessMissing(() => renameSync(`${root}dist`, replaced));
renameSync(built, `${root}dist`);
rmSync(replaced, { recursive: true, force: true });

function unlessMissing(work) {
  try {
    work();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

// The CLI of a checkout: builds what is not built yet, then runs it in this very process, so that signals and the exit
// code need no passing on.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const main = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
if (!existsSync(main)) {
  const build = fileURLToPath(new URL('build.mjs', import.meta.url));
  // stdout belongs to the command's answer.
  const { status } = spawnSync(process.execPath, [build], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
await import(pathToFileURL(main).href);

// Runs a compiled module of dist/, after compiling what is missing or older than its source. What it says goes to stderr.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const root = new URL('..', import.meta.url).pathname;
const [module, ...rest] = process.argv.slice(2);

if (newest(['src', 'sandbox', 'bench', 'tsconfig.json', 'package.json']) > builtAt()) {
  process.stderr.write('Compiling …\n');
  try {
    execFileSync(process.execPath, [`${root}scripts/build.mjs`], { stdio: ['ignore', 2, 2] });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}
process.argv.splice(1, process.argv.length, `${root}${module}`, ...rest);
await import(pathToFileURL(`${root}${module}`).href);

function builtAt() {
  return statSync(`${root}dist/src/cli/main.js`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const found = statSync(`${root}${path}`, { throwIfNoEntry: false });
      if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
      return Math.max(found.mtimeMs, newest(readdirSync(`${root}${path}`).map((name) => `${path}/${name}`)));
    }),
  );
}

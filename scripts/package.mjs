// Makes what is shipped, in out/ or in --out DIRECTORY: the Functions app and the command line, each bundled so that nothing
// has to be installed beside it, and a list of what is inside. The same sources give the same bytes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { root } from './bundle.mjs';
import { bundleCli, bundleFunctions } from './package/bundles.mjs';
import { sbomOf } from './package/sbom.mjs';
import { noticesOf, packagesOf } from './package/third-parties.mjs';

const { values } = parseArgs({ options: { out: { type: 'string', default: `${root}out` } } });
const out = resolve(values.out);
const { name, version, description, license, engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const manifest = { name, version, description, license, private: true, type: 'commonjs', engines };

const functions = await bundleFunctions();
const cli = await bundleCli();
const packages = packagesOf(checked([...functions.inputs, ...cli.inputs]));

const inFunctions = {
  ...functions.files,
  ...legal(functions),
  'host.json': readFileSync(`${root}host.json`),
  'package.json': json({ ...manifest, main: 'main.js' }),
};
const inCli = {
  ...cli.files,
  ...legal(cli),
  'README.md': readFileSync(`${root}README.md`),
  'package.json': json({ ...manifest, bin: { hubkeep: 'src/cli/main.js' }, files: ['src', 'THIRD-PARTY-NOTICES.txt'] }),
};

rmSync(out, { recursive: true, force: true });
write('functions', inFunctions);
write('cli', inCli);
write('.', {
  'hubkeep-functions.zip': zip(inFunctions),
  'hubkeep-source-maps.zip': zip({ ...below('functions', functions.maps), ...below('cli', cli.maps) }),
  'sbom.cdx.json': sbomOf(packages),
});
execFileSync('npm', ['pack', '--silent', '--pack-destination', out], {
  cwd: join(out, 'cli'),
  stdio: ['ignore', 'ignore', 'inherit'],
});
renameSync(join(out, `${name}-${version}.tgz`), join(out, 'hubkeep-cli.tgz'));

/** @throws when something is inside that has no place in what is shipped. */
function checked(inputs) {
  const strange = inputs.filter((input) => !/^((src|node_modules)\/|<stdin>$)/.test(input));
  if (strange.length > 0) throw new Error(`not to be shipped: ${strange.join(', ')}`);
  // `import { z } from 'zod'` brings all of zod, its messages in fifty languages too.
  if (inputs.some((input) => /zod\/.*\/locales\/de\./.test(input)))
    throw new Error("all of zod is inside: write import * as z from 'zod'");
  return inputs;
}

function legal({ inputs }) {
  return { LICENSE: readFileSync(`${root}LICENSE`), 'THIRD-PARTY-NOTICES.txt': Buffer.from(noticesOf(packagesOf(inputs))) };
}

function json(value) {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}

function below(folder, files) {
  return Object.fromEntries(Object.entries(files).map(([file, content]) => [`${folder}/${file}.map`, content]));
}

function write(folder, files) {
  for (const [file, content] of Object.entries(files)) {
    const place = join(out, folder, file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
  }
}

/** In one order, with one time, readable by all: nothing of this machine. */
function zip(files) {
  const entry = { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: (0o100644 << 16) >>> 0 };
  return zipSync(
    Object.fromEntries(
      Object.keys(files)
        .sort()
        .map((file) => [file, [files[file], entry]]),
    ),
  );
}

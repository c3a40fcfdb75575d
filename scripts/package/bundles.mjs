// The files of the two packages, in memory: a bundle says nothing of where it is written to.
import { posix } from 'node:path';
import { bundle, lateSdks, root } from '../bundle.mjs';

/** A worker's file is found from the place of the file that starts it. */
const workers = { 'share-worker.js': 'src/share-worker.ts', 'restore-worker.js': 'src/restore-worker.ts' };

/** @returns {Promise<Bundles>} what Functions loads: `main.js` and what it asks for later. */
export function bundleFunctions() {
  return bundleAll('functions', { 'main.js': 'src/index.ts', ...workers }, { late: 'lib', external: ['@azure/functions-core'] });
}

/** @returns {Promise<Bundles>} the command, in the folders in which its files look for each other. */
export function bundleCli() {
  const entries = { 'src/cli/main.js': 'src/cli/main.ts', 'src/cli/run-cli.js': 'src/cli/run-cli.ts' };
  for (const [name, entry] of Object.entries(workers)) entries[`src/${name}`] = entry;
  return bundleAll('cli', entries, { late: 'src/lib', external: ['./run-cli.js'] });
}

/**
 * @typedef {object} Bundles
 * @property {Record<string, Uint8Array>} files by their path in the package
 * @property {Record<string, Uint8Array>} maps source maps, by the path of what they are of
 * @property {string[]} inputs all of which something went in, from the top of the checkout
 */
async function bundleAll(name, entries, { late, external }) {
  const bundles = { files: {}, maps: {}, inputs: [] };
  for (const [file, entry] of Object.entries(entries)) {
    await add(bundles, { name, file, late, external, entryPoints: [entry] });
  }
  for (const sdk of lateSdks) {
    // An SDK of another SDK stays where it can be shared.
    const stdin = { contents: wholeOf(sdk), resolveDir: root };
    await add(bundles, { name, file: `${late}/${fileOf(sdk)}`, late, stdin, own: sdk });
  }
  return bundles;
}

async function add(bundles, { name, file, late, own, ...options }) {
  const outfile = `${root}out/${name}/${file}`;
  const plugins = [lateSdksBeside(file, late, own)];
  const { metafile, outputFiles } = await bundle({ ...options, outfile, plugins, write: false, sourcemap: 'external' });
  for (const { path, contents } of outputFiles) (path.endsWith('.map') ? bundles.maps : bundles.files)[file] = contents;
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  bundles.inputs.push(...inputs.flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])));
}

/** Whoever asks for an SDK that is loaded late gets its one file, when the asking is done. */
function lateSdksBeside(file, late, own) {
  const filter = new RegExp(`^(${lateSdks.filter((sdk) => sdk !== own).join('|')})$`);
  return {
    name: 'late-sdks',
    setup(build) {
      build.onResolve({ filter }, ({ path }) => {
        const place = posix.relative(posix.dirname(file), `${late}/${fileOf(path)}`);
        return { path: place.startsWith('.') ? place : `./${place}`, external: true };
      });
    },
  };
}

const fileOf = (sdk) => `${sdk.replace('@', '').replace('/', '-')}.js`;
const wholeOf = (sdk) => (sdk.startsWith('@azure/') ? `export * from '${sdk}'` : `module.exports = require('${sdk}')`);

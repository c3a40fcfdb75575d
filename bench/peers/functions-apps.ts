import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from '../harness/context';
import { runProcess } from '../harness/run-process';

export interface FunctionsApp {
  readonly name: string;
  readonly main: string;
}

export interface FunctionsApps {
  readonly packaged: FunctionsApp;
  readonly empty: FunctionsApp;
  readonly emptyBundled: FunctionsApp;
  readonly compiled: FunctionsApp;
  readonly zipBytes: number;
  readonly unpackedBytes: number;
}

interface Bundler {
  bundle(options: object): Promise<unknown>;
}

const checkout = join(__dirname, '..', '..', '..');
const compiledEmpty = join(__dirname, '..', 'programs', 'empty-app.js');

/** Packages Hubkeep anew, and an empty app with the same bundler. */
export async function makeApps({ work, signal, say }: Context): Promise<FunctionsApps> {
  say('packaging');
  const out = join(work, 'out');
  await runProcess({ argv: [process.execPath, join(checkout, 'scripts', 'package.mjs'), '--out', out] }, signal);
  const { bundle } = (await import(pathToFileURL(join(checkout, 'scripts', 'bundle.mjs')).href)) as Bundler;
  const emptyBundled = join(work, 'empty-app.js');
  await bundle({ entryPoints: [compiledEmpty], outfile: emptyBundled, external: ['@azure/functions-core'] });
  const functions = join(out, 'functions');
  const { main } = JSON.parse(readFileSync(join(functions, 'package.json'), 'utf8')) as { main: string };
  return {
    packaged: { name: 'Hubkeep, packaged', main: join(functions, main) },
    empty: { name: 'empty app, from node_modules', main: compiledEmpty },
    emptyBundled: { name: 'empty app, bundled', main: emptyBundled },
    compiled: { name: 'Hubkeep as compiled, from node_modules', main: join(checkout, 'dist', 'src', 'index.js') },
    zipBytes: statSync(join(out, 'hubkeep-functions.zip')).size,
    unpackedBytes: bytesBelow(functions),
  };
}

function bytesBelow(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

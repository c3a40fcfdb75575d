// Proves the Bicep files as far as that goes without Azure: format, linter, scenarios, what they would make, what they refuse.
// `--write` formats them and writes main.json and the snapshots anew.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { findCompiler, pinned } from './compiler.mjs';
import { openSession } from './session.mjs';

const root = new URL('../..', import.meta.url).pathname;
const infra = join(root, 'infra');
const main = join(infra, 'main.bicep');
const isWriting = process.argv.includes('--write');

const compiler = findCompiler((line) => process.stderr.write(`${line}\n`));
if (compiler === undefined) {
  process.stderr.write(`infra: not checked, no Bicep compiler: install bicep ${pinned}, or dotnet, which fetches it\n`);
  process.exit(process.env.CI === 'true' ? 1 : 0);
}

const files = readdirSync(infra, { recursive: true }).filter((name) => /\.bicep(param)?$/.test(name));
const paths = files.map((name) => join(infra, name)).sort();
const scenarios = paths.filter((path) => path.endsWith('.bicepparam'));
const refusals = readJson(join(infra, 'refused.json'));
const problems = new Set();
const bicep = openSession(compiler.command);
try {
  for (const path of paths) await checkFormat(path);
  for (const path of paths) await checkLint(path);
  if (await checkCompiled()) {
    for (const path of scenarios) await checkSnapshot(path);
    await checkRefusals();
  }
} finally {
  bicep.close();
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
const count = `${paths.length} files, ${scenarios.length} scenarios and ${refusals.length} refusals`;
process.stdout.write(
  problems.size === 0
    ? `infra: ${count} are sound (Bicep ${compiler.version})\n`
    : `infra: ${problems.size} problems; npm run infra:check -- --write writes what can be written\n`,
);
process.exit(problems.size === 0 ? 0 : 1);

async function checkFormat(path) {
  const formatted = await bicep.format(path);
  if (formatted === readFileSync(path, 'utf8')) return;
  if (isWriting) writeFileSync(path, formatted);
  else problems.add(`${named(path)}: is not formatted`);
}

async function checkLint(path) {
  const { doubts } = await (path.endsWith('.bicepparam') ? bicep.compileParameters(path) : bicep.compile(path));
  for (const doubt of doubts) problems.add(doubt.replace(root, ''));
}

/** False where there is nothing to go on with. */
async function checkCompiled() {
  const { contents } = await bicep.compile(main);
  if (contents == null) return false;
  compare(join(infra, 'main.json'), contents);
  return true;
}

async function checkSnapshot(path) {
  try {
    compare(path.replace(/\.bicepparam$/, '.snapshot.json'), inOrder(await bicep.snapshot(path)));
  } catch (error) {
    problems.add(`${named(path)}: ${error.message}`);
  }
}

/** The compiler lists what does not depend on each other in any order. */
function inOrder(snapshot) {
  const { predictedResources, outputs, ...rest } = JSON.parse(snapshot);
  const sorted = predictedResources.toSorted((a, b) => (a.id + a.name < b.id + b.name ? -1 : 1));
  const names = Object.keys(outputs).sort();
  return JSON.stringify(
    { predictedResources: sorted, ...rest, outputs: Object.fromEntries(names.map((name) => [name, outputs[name]])) },
    undefined,
    2,
  );
}

/** A template that refuses has no snapshot; that it would not be deployed either is the compiler's word. */
async function checkRefusals() {
  const work = mkdtempSync(join(infra, 'refused-'));
  try {
    for (const [number, refusal] of refusals.entries()) await checkRefusal(join(work, `${number}.bicepparam`), refusal);
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function checkRefusal(path, { parameters, message }) {
  const given = { environmentName: 'refused', sqlServers: 'sql', sqlUser: 'hubkeep', ...parameters };
  const lines = Object.entries(given).map(([name, value]) => `param ${name} = ${inBicep(value)}`);
  writeFileSync(path, ["using '../main.bicep'", ...lines, ''].join('\n'));
  const what = `infra/refused.json: ${JSON.stringify(parameters)}`;
  try {
    await bicep.snapshot(path);
    problems.add(`${what} is not refused`);
  } catch (error) {
    if (!error.message.includes(message)) problems.add(`${what} is refused, but not with "${message}": ${error.message}`);
  }
}

function compare(committed, contents) {
  if (isWriting) writeFileSync(committed, `${contents.trim()}\n`);
  else if (!isDeepStrictEqual(readJson(committed), withoutCompiler(contents)))
    problems.add(`${named(committed)}: is not what the Bicep files make of it`);
}

function readJson(file) {
  return withoutCompiler(readFileSync(file, 'utf8'));
}

/** Which compiler wrote it, and its hash of that, say nothing of what is described. */
function withoutCompiler(text) {
  return JSON.parse(text, (key, value) => (key === '_generator' ? undefined : value));
}

function inBicep(value) {
  if (Array.isArray(value)) return `[${value.map(inBicep).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([name, member]) => `${name}: ${inBicep(member)}`);
    return `{ ${members.join(', ')} }`;
  }
  return typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : String(value);
}

function named(path) {
  return relative(root, path);
}

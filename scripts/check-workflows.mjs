// Reads the workflows as GitHub does, by its own parser, and asks what that cannot know: whether the scripts and files that
// a workflow names are there, and whether it is held to the rules that docs/releasing.md gives. Part of `npm run lint`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import { root } from './bundle.mjs';

// The parser is written for bundlers, which take JSON without being told that it is some.
registerHooks({
  load: (url, context, next) => next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');

const { values } = parseArgs({ options: { directory: { type: 'string', default: `${root}.github/workflows` } } });
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const problems = [];
for (const name of readdirSync(values.directory).sort()) {
  const content = readFileSync(`${values.directory}/${name}`, 'utf8');
  for (const problem of await problemsOf(name, content)) problems.push(`${name}: ${problem}`);
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

async function problemsOf(name, content) {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  const errors = new Set(context.errors.getErrors().map(({ message }) => message.replace(`${name} `, '')));
  if (errors.size > 0 || value === undefined) return [...errors];
  const { permissions, jobs } = plain(JSON.parse(JSON.stringify(value)));
  return [
    ...(permissions === undefined ? ['says nothing of permissions for all of it, and gets more than it needs'] : []),
    ...Object.entries(jobs).flatMap(([id, job]) => problemsOfJob(id, job)),
    ...content.split('\n').flatMap((line) => problemsOfUse(line)),
  ];
}

/** What the parser has read, as YAML means it; expressions are left out. */
function plain(token) {
  const { type, map, seq } = token ?? {};
  if (map !== undefined) return Object.fromEntries(map.map(({ Key, Value }) => [plain(Key), plain(Value)]));
  if (seq !== undefined) return seq.map(plain);
  return type === undefined ? token : undefined;
}

function problemsOfJob(id, { uses, steps = [], 'timeout-minutes': limit }) {
  const runs = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  return [
    ...(uses === undefined && limit === undefined ? [`${id}: may run for six hours: give it timeout-minutes`] : []),
    ...runs.flatMap((run) => [...missingScripts(run), ...missingFiles(run)]).map((problem) => `${id}: ${problem}`),
  ];
}

function missingScripts(run) {
  return [...run.matchAll(/\bnpm (?:run (--if-present )?([\w:-]+)|(test|start)\b)/g)].flatMap(([, optional, named, short]) => {
    const script = named ?? short;
    if (script in scripts) return optional ? [`npm run ${script} is there: leave --if-present out`] : [];
    return optional ? [] : [`there is no npm script ${script}`];
  });
}

function missingFiles(run) {
  const named = [...run.matchAll(/(?<![\w/$.-])((?:\.ci|\.github|bench|docs|infra|scripts|src|test)\/[\w./-]+)/g)];
  return named.flatMap(([, file]) => (existsSync(`${root}${file}`) || anyBegins(file) ? [] : [`there is no ${file}`]));
}

/** Tests are named by patterns: `test/databases/real-server`. */
function anyBegins(file) {
  const [folder, start] = [file.slice(0, file.lastIndexOf('/')), file.slice(file.lastIndexOf('/') + 1)];
  return existsSync(`${root}${folder}`) && readdirSync(`${root}${folder}`).some((entry) => entry.startsWith(start));
}

/** A tag can be moved to other code; the commit it stood for is what was looked at. */
function problemsOfUse(line) {
  const used = /^\s*(?:- )?uses: (\S+)(.*)$/.exec(line);
  if (used === null) return [];
  const [, what, rest] = used;
  if (what.startsWith('./')) return existsSync(`${root}${what}`) ? [] : [`there is no ${what}`];
  return /@[0-9a-f]{40}$/.test(what) && /^ # v\d/.test(rest)
    ? []
    : [`${what} is not held to a commit, with its version behind it`];
}

import { createPretendProject, type PretendProject } from './pretend-project';

const workflowPort = Object.fromEntries(
  ['workflow', 'steps', 'step-failed', 'create-workflow'].map((name) => [
    `src/workflow/${name}.ts`,
    { copy: `src/workflow/${name}.ts` },
  ]),
);
const contracts = Object.fromEntries(
  ['outcome', 'error-codes'].map((name) => [`src/contracts/${name}.ts`, { copy: `src/contracts/${name}.ts` }]),
);

const good = `
import { outcomeName } from '../contracts/outcome-name';
import { problemOf } from '../workflow/step-failed';
import type { Orchestration, Workflow } from '../workflow/workflow';

interface Activities {
  greet: { input: { name: string }; output: { greeting: string } };
}
interface Orchestrators {
  good: { input: { name: string; time: string }; output: string };
}

export function* good(workflow: Workflow<Activities, Orchestrators>, input: Orchestrators['good']['input']): Orchestration<Orchestrators['good']['input'], string> {
  try {
    const { greeting } = yield* workflow.call('greet', { name: input.name });
    return outcomeName(greeting) + new Date(input.time).toISOString();
  } catch (error) {
    return problemOf(error).message;
  }
}
`;

const bad = `
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { greet } from '../activities/greet';
import * as engine from '../workflow/durable';

export async function bad(): Promise<unknown> {
  const now = [Date.now(), new Date(), Math.random(), process.env['HOME'], performance.now()];
  setTimeout(() => now, 1);
  const file = await readFile('x');
  const later = await import('../activities/greet');
  return Promise.resolve([createHash('md5'), engine, greet, fetch('http://x'), file, later]);
}
export function* bare() {
  yield 1;
}
`;

describe('the purity of orchestrators', () => {
  let project: PretendProject;
  afterEach(() => project.remove());

  test('lets an orchestrator use contracts, the workflow port and zod', () => {
    project = createPretendProject({
      ...workflowPort,
      ...contracts,
      'src/contracts/outcome-name.ts':
        "import { z } from 'zod';\n\nexport const outcomeName = (name: string) => z.string().parse(name);\n",
      'src/orchestrators/good.ts': good,
    });
    expect(project.brokenLayers()).toEqual([]);
    expect(project.lint('src/orchestrators/good.ts')).toEqual([]);
  });

  test('refuses one that reaches a builtin through a contracts file', () => {
    project = createPretendProject({
      ...workflowPort,
      ...contracts,
      'src/contracts/outcome-name.ts':
        "import { hash } from './hash';\n\nexport const outcomeName = (name: string) => hash(name);\n",
      'src/contracts/hash.ts':
        "import { createHash } from 'node:crypto';\n\nexport const hash = (text: string) => createHash('md5').update(text).digest('hex');\n",
      'src/orchestrators/good.ts': good,
    });
    expect(project.brokenLayers()).toEqual(['orchestrators-reach-no-builtin']);
  });

  test('refuses one that reaches an SDK through a contracts file', () => {
    project = createPretendProject({
      ...workflowPort,
      ...contracts,
      'src/contracts/outcome-name.ts':
        "import { BlockBlobClient } from '@azure/storage-blob';\n\nexport const outcomeName = (name: string) => name + BlockBlobClient.name;\n",
      'src/orchestrators/good.ts': good,
    });
    expect(project.brokenLayers()).toEqual(['orchestrators-reach-no-package', 'sdks-in-adapters']);
  });

  test('refuses clocks, randomness, promises, the environment and I/O by lint, each with its reason', () => {
    project = createPretendProject({
      'src/activities/greet.ts': 'export const greet = 1;\n',
      'src/workflow/durable.ts': 'export const engine = 1;\n',
      'src/orchestrators/bad.ts': bad,
    });
    const findings = project.lint('src/orchestrators/bad.ts').join('\n');
    expect(findings.match(/no-restricted-imports: .*An orchestrator is replayed/g)).toHaveLength(4);
    for (const name of ['process', 'performance', 'setTimeout', 'Promise', 'fetch']) {
      expect(findings).toContain(`no-restricted-globals: Unexpected use of '${name}'`);
    }
    for (const name of ['Date.now', 'Math.random', 'process.env']) {
      expect(findings).toContain(`no-restricted-properties: '${name}' is restricted`);
    }
    for (const reason of [
      'Time comes from the Clock port',
      'it is a synchronous generator',
      'it waits with yield*',
      'it loads nothing',
      'A bare yield gives any',
    ]) {
      expect(findings).toMatch(new RegExp(`no-restricted-syntax: .*${reason.replace('*', '\\*')}`));
    }
  });
});

describe('the direction of imports', () => {
  let project: PretendProject;
  afterEach(() => project.remove());

  test('refuses a service that reads files or reaches for an adapter, a root or the sandbox', () => {
    project = createPretendProject({
      'sandbox/share.ts': 'export const share = 1;\n',
      'src/adapters/disk/disk.ts': 'export const disk = 1;\n',
      'src/index.ts': 'export const app = 1;\n',
      'src/fileshare/scan.ts': [
        "import { readFile } from 'node:fs/promises';",
        "import { disk } from '../adapters/disk/disk';",
        "import { app } from '../index';",
        "import { share } from '../../sandbox/share';",
        '',
        'export const scan = [readFile, disk, app, share];',
      ].join('\n'),
    });
    expect(project.brokenLayers()).toEqual([
      'adapters-from-roots-only',
      'files-through-adapters',
      'nobody-imports-a-root',
      'shipped-code-stands-alone',
    ]);
    expect(project.lint('src/fileshare/scan.ts').filter((finding) => finding.startsWith('no-restricted-imports'))).toHaveLength(
      4,
    );
  });

  test('refuses two files that need each other', () => {
    project = createPretendProject({
      'src/fileshare/hen.ts': "import { egg } from './egg';\n\nexport const hen = (): unknown => egg;\n",
      'src/fileshare/egg.ts': "import { hen } from './hen';\n\nexport const egg = (): unknown => hen;\n",
    });
    expect(project.brokenLayers()).toEqual(['no-cycles']);
  });
});

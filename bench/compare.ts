/**
 * A share backed up and restored by Hubkeep and by restic, both into the same kind of Azurite (on disk, emptied before each
 * run), in turn within one run, whole processes from outside. Prints a table and writes it to docs/benchmarks.md with `--write`.
 *
 * Usage: npm run bench -- [--share DIR] [--runs N] [--write]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Azurite, startAzurite } from '../sandbox/azurite';
import { generateShare } from '../sandbox/share-generator/generate-share';

/** The only port restic looks for the emulator on. */
const emulatorPort = 10000;
const main = join(__dirname, '..', 'src', 'cli', 'main.js');

interface Measured {
  readonly seconds: number;
  /** Largest resident set of the process, MiB. */
  readonly memory: number;
}

interface Tool {
  readonly name: string;
  prepare(context: Context): void;
  backUp(context: Context): Measured;
  restore(context: Context, target: string): Measured;
}

interface Context {
  readonly share: string;
  readonly azurite: Azurite;
  readonly work: string;
}

const hubkeep: Tool = {
  name: 'Hubkeep',
  prepare: () => undefined,
  backUp: (context) => timed([process.execPath, main, 'backup', '--components', 'fileshare', '--json'], hubkeepSettings(context)),
  restore: (context, target) =>
    timed([process.execPath, main, 'restore', 'latest', '--fileshare', target, '--json'], hubkeepSettings(context)),
};

const restic: Tool = {
  name: 'restic',
  prepare: (context) => {
    execFileSync('restic', ['-q', 'init'], { env: resticSettings(context) });
  },
  backUp: (context) => timed(['restic', '-q', 'backup', '.'], resticSettings(context), context.share),
  restore: (context, target) => timed(['restic', '-q', 'restore', 'latest', '--target', target], resticSettings(context)),
};

function hubkeepSettings({ share, azurite }: Context): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    BACKUP_STORAGE_CONNECTION_STRING: azurite.connectionString,
    BACKUP_COMPONENTS: 'fileshare',
    FILE_SHARE_PATH: share,
  };
}

function resticSettings({ azurite, work }: Context): NodeJS.ProcessEnv {
  const key = /AccountKey=([^;]+)/.exec(azurite.connectionString)?.[1];
  return {
    PATH: process.env['PATH'],
    HOME: work,
    RESTIC_CACHE_DIR: join(work, 'cache'),
    RESTIC_REPOSITORY: 'azure:restic:/',
    RESTIC_PASSWORD: 'bench',
    AZURE_ACCOUNT_NAME: 'devstoreaccount1',
    AZURE_ACCOUNT_KEY: key,
  };
}

function timed(command: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Measured {
  const report = join(tmpdir(), `hubkeep-bench-${process.pid}.time`);
  const started = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%M', '-o', report, ...command], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr.toString()}`);
  return { seconds, memory: Number(readFileSync(report, 'utf8').trim()) / 1024 };
}

type Step = 'first backup' | 'nothing changed' | 'restore';
type Figures = Record<Step | 'stored', Measured[]>;

async function measure(tool: Tool, { share, work, figures }: { share: string; work: string; figures: Figures }) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const azurite = await startAzurite({ directory: join(work, 'azurite'), blobPort: emulatorPort });
  const context = { share, azurite, work };
  try {
    tool.prepare(context);
    figures['first backup'].push(tool.backUp(context));
    figures.stored.push({ seconds: 0, memory: directorySize(join(work, 'azurite')) });
    figures['nothing changed'].push(tool.backUp(context));
    figures.restore.push(tool.restore(context, join(work, 'restored')));
  } finally {
    await azurite.close();
  }
}

function directorySize(directory: string): number {
  return Number(execFileSync('du', ['-sb', directory]).toString().split('\t')[0]) / 1024 / 1024;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function table(all: ReadonlyMap<string, Figures>): string {
  const [ours, theirs] = [...all.values()];
  const rows = (['first backup', 'nothing changed', 'restore'] as const).map((step) => {
    const seconds = (figures: Figures | undefined) => (figures?.[step] ?? []).map((run) => run.seconds);
    const pairs = seconds(ours).map((value, i) => value / (seconds(theirs)[i] ?? 1));
    const memory = (figures: Figures | undefined) => median((figures?.[step] ?? []).map((run) => run.memory)).toFixed(0);
    return `| ${step} | ${median(seconds(ours)).toFixed(2)} s | ${median(seconds(theirs)).toFixed(2)} s | ${median(pairs).toFixed(2)} | ${memory(ours)} / ${memory(theirs)} MiB |`;
  });
  const stored = (figures: Figures | undefined) => median((figures?.stored ?? []).map((run) => run.memory));
  const ratio = (stored(ours) / stored(theirs)).toFixed(2);
  rows.push(`| stored after the first | ${stored(ours).toFixed(1)} MiB | ${stored(theirs).toFixed(1)} MiB | ${ratio} | |`);
  return [
    '| step | Hubkeep | restic | ratio, median of pairs | peak memory, Hubkeep / restic |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

async function run() {
  const { values } = parseArgs({
    options: { share: { type: 'string' }, runs: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
  });
  const scratch = join(tmpdir(), 'hubkeep-bench');
  const share = resolve(values.share ?? join(scratch, 'share'));
  if (values.share === undefined && !existsSync(share)) await generateShare(share);
  const empty = (): Figures => ({ 'first backup': [], 'nothing changed': [], restore: [], stored: [] });
  const all = new Map<string, Figures>([hubkeep, restic].map(({ name }) => [name, empty()]));
  for (let i = 0; i < Number(values.runs); i++) {
    for (const tool of i % 2 === 0 ? [hubkeep, restic] : [restic, hubkeep]) {
      await measure(tool, { share, work: join(scratch, 'work'), figures: all.get(tool.name) ?? empty() });
    }
  }
  const files = execFileSync('find', [share, '-type', 'f']).toString().split('\n').length - 1;
  const described = [
    `${values.share === undefined ? "The sandbox's share" : 'A tree'}: ${files} files, ${directorySize(share).toFixed(0)} MiB.`,
    `${values.runs} runs in turn on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, Node ${process.versions.node},`,
    `${execFileSync('restic', ['version']).toString().trim()}; medians; each into its own Azurite on disk, whole processes, start-up included.`,
  ].join('\n');
  const text = `${described}\n\n${table(all)}\n`;
  process.stdout.write(text);
  if (values.write) {
    const page = [
      '# Benchmarks',
      '',
      'Written by `npm run bench -- --write` (bench/compare.ts). Machines are noisy: read ratios, not seconds.',
      '',
      text,
    ].join('\n');
    writeFileSync(join(__dirname, '..', '..', 'docs', 'benchmarks.md'), page);
  }
  rmSync(join(scratch, 'work'), { recursive: true, force: true });
}

void run();

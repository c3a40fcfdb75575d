import type { Command } from 'commander';
import { benchCommand, parseCount, runBench, type CommonOptions } from './command';
import type { Context } from './harness/context';
import { interleave } from './harness/interleave';
import { requirePrograms } from './harness/programs';
import { median } from './harness/statistics';
import { hubkeep } from './peers/hubkeep';
import type { Peer } from './peers/peer';
import { resticToAzurite } from './peers/restic';
import { withSession } from './peers/with-session';
import type { Report } from './report/report';
import { compare, createSheet, type Sheet } from './report/sheet';
import { count, markdownTable, megabytes, ratio, seconds } from './report/words';
import { expectSameSize } from './trees/expect-same-size';
import { tinyFiles } from './trees/generated-trees';

interface MemoryOptions extends CommonOptions {
  readonly fewer: number;
  readonly more: number;
  readonly restic: boolean;
  readonly restore: boolean;
}

const standard = { fewer: 100_000, more: 1_000_000 };
const steps = { first: 'first backup', unchanged: 'nothing changed', restore: 'restore' };

export function addMemoryBench(program: Command): void {
  benchCommand(program, 'memory', { runs: 3 })
    .description('peak memory with many tiny files, and how it grows with their number')
    .option('--fewer <n>', 'files of the smaller tree', parseCount, standard.fewer)
    .option('--more <n>', 'files of the larger tree', parseCount, standard.more)
    .option('--restic', 'restic too', false)
    .option('--restore', 'a restore too', false)
    .action((options: MemoryOptions) => runBench(options, (context) => benchMemory(context, options)));
}

interface Entry {
  readonly peer: Peer;
  readonly files: number;
  readonly root: string;
}

async function benchMemory(context: Context, options: MemoryOptions): Promise<Report> {
  const { fewer, more, restic, restore, runs, write } = options;
  const versions = requirePrograms(restic ? ['restic', 'find'] : ['find']);
  if (write && (fewer !== standard.fewer || more !== standard.more)) {
    throw new Error('the goals are about the standard numbers of files: --write goes without --fewer and --more');
  }
  const trees = [
    { files: fewer, root: await tinyFiles(context, fewer) },
    { files: more, root: await tinyFiles(context, more) },
  ];
  const peers = restic ? [hubkeep, resticToAzurite] : [hubkeep];
  const entries = peers.flatMap((peer) => trees.map((tree) => ({ ...tree, peer })));
  const sheet = createSheet(entries.map(nameOf));
  await interleave({ runs, entries }, async (entry, run) => {
    context.say(`run ${run + 1} of ${runs}: ${nameOf(entry)}`);
    await measureEntry(context, entry, { sheet, restore });
  });
  const sizes = fewer === standard.fewer && more === standard.more ? '' : ` --fewer ${fewer} --more ${more}`;
  return {
    section: 'memory',
    title: 'Memory',
    tree: `noise of 64 to 600 bytes, 200 files in a directory; ${count(fewer)} and ${count(more)} files`,
    runs,
    command: `npm run bench -- memory${sizes}${restic ? ' --restic' : ''}${restore ? ' --restore' : ''} --runs ${runs}`,
    versions,
    body: memoryTable(sheet, { peers, fewer, more }),
    figures: Object.fromEntries(sheet.steps().flatMap((step) => figuresOf(sheet, step, { fewer, more }))),
  };
}

function nameOf({ peer, files }: Pick<Entry, 'peer' | 'files'>): string {
  return `${peer.name}, ${count(files)} files`;
}

function measureEntry(context: Context, entry: Entry, { sheet, restore }: { sheet: Sheet; restore: boolean }): Promise<void> {
  const { peer, root } = entry;
  return withSession(context, { peer }, async (session) => {
    sheet.add(steps.first, nameOf(entry), await session.backUp(root));
    sheet.add(steps.unchanged, nameOf(entry), await session.backUp(root));
    if (!restore) return;
    sheet.add(steps.restore, nameOf(entry), await session.restore(session.target));
    await expectSameSize(root, session.target);
  });
}

interface Sizes {
  readonly fewer: number;
  readonly more: number;
}

function memoryTable(sheet: Sheet, { peers, fewer, more }: Sizes & { peers: readonly Peer[] }): string {
  const header = ['step', 'program', 'peak memory', 'wall', 'CPU', `peak of ${count(more)} files ÷ that of ${count(fewer)}`];
  const rows = sheet.steps().flatMap((step) =>
    peers.flatMap((peer) =>
      [fewer, more].map((files) => {
        const name = nameOf({ peer, files });
        const values = sheet.values(step, name);
        const medians = [
          megabytes(median(values('peakBytes'))),
          seconds(median(values('seconds'))),
          seconds(median(values('cpuSeconds'))),
        ];
        return [step, name, ...medians, files === more ? ratio(growth(sheet, step, { peer, fewer, more })) : ''];
      }),
    ),
  );
  return markdownTable(header, rows);
}

function growth(sheet: Sheet, step: string, { peer, fewer, more }: Sizes & { peer: Peer }): number {
  const [ours, theirs] = [nameOf({ peer, files: more }), nameOf({ peer, files: fewer })];
  return compare(sheet, { step, ours, theirs }, 'peakBytes');
}

function figuresOf(sheet: Sheet, step: string, { fewer, more }: Sizes): [string, number][] {
  const [word = ''] = Object.entries(steps).find(([, name]) => name === step) ?? [];
  return [
    [`${word} peak`, median(sheet.values(step, nameOf({ peer: hubkeep, files: more }))('peakBytes'))],
    [`${word} peak ÷ fewer`, growth(sheet, step, { peer: hubkeep, fewer, more })],
  ];
}

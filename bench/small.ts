import type { Command } from 'commander';
import { benchCommand, parseCount, runBench, type CommonOptions } from './command';
import type { Context } from './harness/context';
import { interleave } from './harness/interleave';
import { requirePrograms } from './harness/programs';
import { median } from './harness/statistics';
import { forNew, hubkeep } from './peers/hubkeep';
import type { Peer } from './peers/peer';
import { rclone } from './peers/rclone';
import { resticToAzurite } from './peers/restic';
import { withSession } from './peers/with-session';
import type { Report } from './report/report';
import { compare, createSheet, sheetTable, type Sheet } from './report/sheet';
import { count, markdownTable, megabytes } from './report/words';
import { countTree } from './trees/count-tree';
import { smallFiles } from './trees/generated-trees';

interface SmallOptions extends CommonOptions {
  readonly files: number;
}

const standardFiles = 20_000;
const peers = [hubkeep, resticToAzurite, rclone];
const first = 'first backup';

export function addSmallBench(program: Command): void {
  benchCommand(program, 'small', { runs: 3 })
    .description('many small files: files a second and storage transactions; beside restic and rclone')
    .option('--files <n>', 'how many', parseCount, standardFiles)
    .action((options: SmallOptions) => runBench(options, (context) => benchSmall(context, options)));
}

async function benchSmall(context: Context, { files, runs, write }: SmallOptions): Promise<Report> {
  const versions = requirePrograms(['restic', 'rclone', 'find']);
  if (write && files !== standardFiles)
    throw new Error(`the goals are about ${standardFiles} files: --write goes without --files`);
  const root = await smallFiles(context, files);
  const size = await countTree(root);
  const sheet = createSheet(peers.map(({ name }) => name));
  await interleave({ runs, entries: peers }, async (peer, run) => {
    context.say(`run ${run + 1} of ${runs}: ${peer.name}`);
    await withSession(context, { peer }, async ({ backUp }) => {
      sheet.add(first, peer.name, await backUp(root));
    });
  });
  const transactions = await countTransactions(context, root);
  return {
    section: 'small',
    title: 'Many small files',
    tree: `text of 1 to 20 KB; ${count(size.files)} files in ${count(size.directories)} directories, ${megabytes(size.bytes)}`,
    runs,
    command: `npm run bench -- small${files === standardFiles ? '' : ` --files ${files}`} --runs ${runs}`,
    versions,
    body: [sheetTable(sheet, hubkeep.name), speedTable(sheet, { files, transactions }), transactionList(transactions)].join(
      '\n\n',
    ),
    figures: {
      'files a second': median(
        sheet
          .values(
            first,
            hubkeep.name,
          )('seconds')
          .map((seconds) => files / seconds),
      ),
      'files a second ÷ rclone': 1 / compare(sheet, { step: first, ours: hubkeep.name, theirs: rclone.name }),
      'files a second ÷ restic': 1 / compare(sheet, { step: first, ours: hubkeep.name, theirs: resticToAzurite.name }),
      transactions: total(transactions.get(hubkeep)),
      'transactions of rclone': total(transactions.get(rclone)),
      'transactions of restic': total(transactions.get(resticToAzurite)),
    },
  };
}

type Transactions = ReadonlyMap<Peer, ReadonlyMap<string, number>>;

/** In a run of its own: what counts them slows everything down. */
async function countTransactions(context: Context, root: string): Promise<Transactions> {
  const counted = new Map<Peer, ReadonlyMap<string, number>>();
  for (const peer of peers) {
    context.say(`counting transactions: ${peer.name}`);
    await withSession(context, { peer, counted: true }, async ({ backUp, transactions }) => {
      await backUp(root);
      counted.set(peer, transactions());
    });
  }
  return counted;
}

function total(counts: ReadonlyMap<string, number> = new Map()): number {
  return [...counts].reduce((sum, [name, value]) => sum + (name.endsWith(forNew) ? 0 : value), 0);
}

function speedTable(sheet: Sheet, { files, transactions }: { files: number; transactions: Transactions }): string {
  const rows = peers.map((peer) => {
    const filesASecond = median(
      sheet
        .values(
          first,
          peer.name,
        )('seconds')
        .map((seconds) => files / seconds),
    );
    return [peer.name, count(filesASecond), count(total(transactions.get(peer)))];
  });
  return markdownTable(['program', 'files a second', 'storage transactions'], rows);
}

function transactionList(transactions: Transactions): string {
  const lines = peers.map((peer) => {
    const counts = [...(transactions.get(peer) ?? [])].sort(([, a], [, b]) => b - a);
    return `- ${peer.name}: ${counts.map(([name, value]) => `${count(value)} ${name}`).join(', ')}`;
  });
  return `What they were, counted by a proxy in a run of its own (making a repository, as restic's \`init\` does, is not in the sums):\n\n${lines.join('\n')}`;
}

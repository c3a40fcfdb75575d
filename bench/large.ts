import type { Command } from 'commander';
import { benchCommand, parseCount, runBench, type CommonOptions } from './command';
import type { Context } from './harness/context';
import { interleave } from './harness/interleave';
import { requirePrograms } from './harness/programs';
import { hubkeep } from './peers/hubkeep';
import type { Peer } from './peers/peer';
import { sdkTransfer } from './peers/sdk';
import { withSession } from './peers/with-session';
import type { Report } from './report/report';
import { compare, createSheet, sheetTable, type Sheet } from './report/sheet';
import { megabytes } from './report/words';
import { expectSameSize } from './trees/expect-same-size';
import { largeFile, largeFileName } from './trees/generated-trees';

interface LargeOptions extends CommonOptions {
  readonly size: number;
}

const standardSize = 2000;
const uploadFile = sdkTransfer('uploadFile', largeFileName);
const uploadStream = sdkTransfer('uploadStream', largeFileName);
const peers = [hubkeep, uploadFile, uploadStream];
const steps = { first: 'first backup (the SDK: upload)', restore: 'restore (the SDK: `downloadToFile`)' };

export function addLargeBench(program: Command): void {
  benchCommand(program, 'large', { runs: 3 })
    .description("one large file, half of it compressible; beside the storage SDK's own transfers")
    .option('--size <MB>', 'millions of bytes', parseCount, standardSize)
    .action((options: LargeOptions) => runBench(options, (context) => benchLarge(context, options)));
}

async function benchLarge(context: Context, { size, runs, write }: LargeOptions): Promise<Report> {
  const versions = requirePrograms(['find']);
  if (write && size !== standardSize) throw new Error(`the goals are about ${standardSize} MB: --write goes without --size`);
  const root = await largeFile(context, size * 1e6);
  const sheet = createSheet(peers.map(({ name }) => name));
  await interleave({ runs, entries: peers }, async (peer, run) => {
    context.say(`run ${run + 1} of ${runs}: ${peer.name}`);
    await measurePeer(context, peer, { root, sheet });
  });
  const against = (step: string, theirs: Peer) => compare(sheet, { step, ours: hubkeep.name, theirs: theirs.name });
  return {
    section: 'large',
    title: 'One large file',
    tree: `one file of ${megabytes(size * 1e6)}, text and noise by turns, 1 MiB each`,
    runs,
    command: `npm run bench -- large${size === standardSize ? '' : ` --size ${size}`} --runs ${runs}`,
    versions,
    body: `${sheetTable(sheet, hubkeep.name)}\n\nThe SDK compresses nothing: it sends the whole file. It runs with its own settings.`,
    figures: {
      'first ÷ SDK': against(steps.first, uploadFile),
      'first ÷ SDK uploadStream': against(steps.first, uploadStream),
      'restore ÷ SDK': against(steps.restore, uploadFile),
    },
  };
}

function measurePeer(context: Context, peer: Peer, { root, sheet }: { root: string; sheet: Sheet }): Promise<void> {
  return withSession(context, { peer }, async ({ backUp, restore, target }) => {
    sheet.add(steps.first, peer.name, await backUp(root));
    // Both of the SDK's uploads leave the same blob.
    if (peer === uploadStream) return;
    sheet.add(steps.restore, peer.name, await restore(target));
    await expectSameSize(root, target);
  });
}

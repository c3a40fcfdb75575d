import type { Command } from 'commander';
import { benchCommand, runBench, type CommonOptions } from './command';
import type { Context } from './harness/context';
import { interleave } from './harness/interleave';
import { requirePrograms } from './harness/programs';
import { median, ratioOfPairs } from './harness/statistics';
import { measureFind, measureTarZstd } from './peers/floors';
import { hubkeep } from './peers/hubkeep';
import type { Peer } from './peers/peer';
import { resticToAzurite, resticToDirectory } from './peers/restic';
import { measurePutBlobs } from './peers/sdk';
import { withSession } from './peers/with-session';
import type { Report } from './report/report';
import { compare, createSheet, sheetTable, type Sheet } from './report/sheet';
import { count, markdownTable, megabytes, ratio } from './report/words';
import { whileChanged } from './trees/change-tree';
import { countTree } from './trees/count-tree';
import { expectSameSize } from './trees/expect-same-size';
import { modulesTree, ownTree, sandboxTree, type ShareTree } from './trees/share-trees';

interface ShareOptions extends CommonOptions {
  readonly tree: 'modules' | 'sandbox';
  readonly share?: string;
}

const peers = [hubkeep, resticToAzurite, resticToDirectory];
const ours = hubkeep.name;
const floors = { find: '`find -printf`', tar: '`tar \\| zstd -3`', put: 'SDK, 16 MiB Put Blobs of as many bytes' };
const steps = { first: 'first backup', unchanged: 'nothing changed', changed: '1 % changed', restore: 'restore' };

export function addShareBench(program: Command): void {
  benchCommand(program, 'share', { runs: 5 })
    .description('a file share: first backup, nothing changed, 1 % changed, restore; beside restic')
    .option('--tree <name>', 'modules (80,000 real files) or sandbox (8,000 generated ones)', 'modules')
    .option('--share <dir>', 'another tree, which is copied first')
    .action((options: ShareOptions) => runBench(options, (context) => benchShare(context, options)));
}

async function benchShare(context: Context, { tree: name, share, runs }: ShareOptions): Promise<Report> {
  const versions = requirePrograms(['restic', 'zstd', 'tar', 'find']);
  const tree = await chooseTree(context, { name, share });
  const size = await countTree(tree.root);
  const sheet = createSheet([...peers.map((peer) => peer.name), ...Object.values(floors)]);
  const stored = new Map<Peer, number[]>(peers.map((peer) => [peer, []]));
  await measureTarZstd(context, tree.root);
  await interleave({ runs, entries: [...peers, 'floors' as const] }, async (entry, run) => {
    context.say(`run ${run + 1} of ${runs}: ${entry === 'floors' ? entry : entry.name}`);
    if (entry === 'floors') await measureFloors(context, { root: tree.root, sheet, bytes: stored.get(hubkeep)?.at(-1) ?? 0 });
    else stored.get(entry)?.push(await measurePeer(context, entry, { root: tree.root, sheet }));
  });
  const which = share === undefined ? `--tree ${name}` : '--share DIR';
  return {
    section: `share-${share === undefined ? name : 'own'}`,
    title: share === undefined ? `A share: ${name}` : 'A share of one’s own',
    tree: `${tree.about}; ${count(size.files)} files in ${count(size.directories)} directories, ${megabytes(size.bytes)}`,
    runs,
    command: `npm run bench -- share ${which} --runs ${runs}`,
    versions,
    body: `${sheetTable(sheet, ours)}\n\n${storedTable(stored)}\n\n${notes}`,
    figures: figuresOf(sheet, stored),
  };
}

const notes = `Stored are the sizes of the blobs as the store lists them, or of the files of restic's directory, after the first backup.
1 % changed: every hundredth file has a line more, five files are new, five are gone; the same for all.`;

function chooseTree(context: Context, { name, share }: { name: string; share: string | undefined }): Promise<ShareTree> {
  if (share !== undefined) return ownTree(context, share);
  if (name === 'modules') return modulesTree(context);
  if (name === 'sandbox') return sandboxTree(context);
  throw new Error(`there is no tree ${name}: modules or sandbox`);
}

interface Place {
  readonly root: string;
  readonly sheet: Sheet;
}

/** @returns the bytes stored by the first backup. */
function measurePeer(context: Context, peer: Peer, { root, sheet }: Place): Promise<number> {
  return withSession(context, { peer }, async ({ backUp, restore, storedBytes, target }) => {
    sheet.add(steps.first, peer.name, await backUp(root));
    const stored = await storedBytes();
    sheet.add(steps.unchanged, peer.name, await backUp(root));
    await whileChanged(root, async () => {
      sheet.add(steps.changed, peer.name, await backUp(root));
      sheet.add(steps.restore, peer.name, await restore(target));
      await expectSameSize(root, target);
    });
    return stored;
  });
}

async function measureFloors(context: Context, { root, sheet, bytes }: Place & { bytes: number }): Promise<void> {
  sheet.add(steps.unchanged, floors.find, await measureFind(context, root));
  sheet.add(steps.first, floors.tar, await measureTarZstd(context, root));
  sheet.add(steps.first, floors.put, await measurePutBlobs(context, bytes));
}

function storedTable(stored: ReadonlyMap<Peer, readonly number[]>): string {
  const mine = stored.get(hubkeep) ?? [];
  const rows = peers.map((peer) => {
    const theirs = stored.get(peer) ?? [];
    return [peer.name, megabytes(median(theirs)), peer === hubkeep ? '' : ratio(ratioOfPairs(mine, theirs))];
  });
  return markdownTable(['program', 'stored', `${ours} ÷ it`], rows);
}

function figuresOf(sheet: Sheet, stored: ReadonlyMap<Peer, readonly number[]>): Record<string, number> {
  const against = (step: string, theirs: string) => compare(sheet, { step, ours, theirs });
  return {
    'first ÷ restic': against(steps.first, resticToAzurite.name),
    'first ÷ restic directory': against(steps.first, resticToDirectory.name),
    'first ÷ tar and zstd': against(steps.first, floors.tar),
    'unchanged ÷ restic': against(steps.unchanged, resticToAzurite.name),
    'unchanged ÷ find': against(steps.unchanged, floors.find),
    'changed ÷ restic': against(steps.changed, resticToAzurite.name),
    'restore ÷ restic': against(steps.restore, resticToAzurite.name),
    'stored ÷ restic': ratioOfPairs(stored.get(hubkeep) ?? [], stored.get(resticToAzurite) ?? []),
  };
}

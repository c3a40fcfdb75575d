import type { Command } from 'commander';
import { rebuildIndex, type RebuiltIndex, type RebuiltSegment } from '../recovery/rebuild/rebuild-index';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { findPoint } from './find-point';
import { formatCount, plural } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import { createProgressView } from './progress/create-progress-view';
import type { CommonOptions, Terminal } from './terminal';

interface RebuildOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

export function addRebuildIndexCommand(program: Command, act: Act) {
  withCommonOptions(
    program.command('rebuild-index').description('build the index of a file share anew from packs, where it is lost'),
  )
    .argument('<id>', 'a recovery point, or latest')
    .option('--dry-run', 'read and tell, and write nothing')
    .action((id: string, options: RebuildOptions) => act(options, (terminal) => rebuild(terminal, id, options)));
}

async function rebuild(terminal: Terminal, id: string, options: RebuildOptions): Promise<ExitCode> {
  const { store, points, clock } = await openRepositoryReadOnly(terminal, options);
  const { point } = await findPoint(points, id, ['fileshare']);
  const view = createProgressView(terminal, clock);
  view.stage('reading packs');
  const isPreview = options.dryRun ?? false;
  const result = await rebuildIndex({
    ...{ store, points, id: point.id, isPreview },
    onProgress: (files) => {
      view.update({ task: 'packs', files });
    },
  }).finally(() => {
    view.stop();
  });
  terminal.print(describe(result, isPreview));
  terminal.printJson(result);
  return exitCodeOf(result);
}

function exitCodeOf({ segments }: RebuiltIndex): ExitCode {
  if (segments.every(isWhole)) return exitCodes.done;
  return segments.some(({ state }) => state !== 'lost') ? exitCodes.partial : exitCodes.failed;
}

const isWhole = ({ state }: RebuiltSegment) => state === 'intact' || state === 'put-back';

function describe({ recoveryPoint, segments, lostPacks, unreadable }: RebuiltIndex, isPreview: boolean): string {
  const of = (wanted: RebuiltSegment['state']) => segments.filter(({ state }) => state === wanted);
  const done = isPreview ? 'would be ' : '';
  const lines = [
    ...of('put-back').map(({ key, entries }) => `${done}put back, as it was   ${key} (${formatCount(entries)} entries)`),
    ...of('differs').map(
      ({ key, entries, found }) =>
        `${done}stored beside it       ${key} (${formatCount(found)} of ${formatCount(entries)} entries, not byte for byte what was lost)`,
    ),
    ...of('lost').map(({ key, entries }) => `nothing is known of     ${key} (${formatCount(entries)} entries)`),
    ...lostPacks.map(({ pack, reason }) => `pack ${pack} ${reason}: what it alone tells is not in the index`),
    ...unreadable.map((id) => `the record of ${id} cannot be read: all packs of its run were taken for its own`),
    `${plural(segments.length, 'segment')} of ${recoveryPoint}: ${of('intact').length} intact, ${of('put-back').length} put back, ${of('differs').length} beside, ${of('lost').length} lost`,
  ];
  const beside =
    of('differs').length > 0 && !isPreview
      ? [`hubkeep restore ${recoveryPoint} --fileshare DIR --rebuilt-index restores from them`]
      : [];
  return [...lines, ...beside].join('\n');
}

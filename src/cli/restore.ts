import { type Command, Option } from 'commander';
import { components, type Component } from '../contracts/components';
import { overwriteModes } from '../contracts/overwrite';
import { HubkeepError } from '../errors/hubkeep-error';
import type { Hubkeep } from '../compose';
import { withRebuiltIndex } from '../recovery/rebuild/with-rebuilt-index';
import { keyVaultCommand } from '../secrets/key-vault-command';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { findPoint } from './find-point';
import { formatCount, formatInstant } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import { createProgressView } from './progress/create-progress-view';
import { hasNothingOf, missingOf } from './restore-missing';
import { tellPassedOver } from './passed-over';
import { readPathList } from './read-path-list';
import { restoreParts, type RestoredParts, type RestoreTargets } from './restore-parts';
import { addServerOptions, restoreToServer, type ServerTarget } from './restore-to-server';
import { showPreview, showRestored } from './restore-summary';
import type { CommonOptions, Terminal } from './terminal';

interface RestoreOptions extends CommonOptions, Omit<RestoreTargets, 'list'>, ServerTarget {
  readonly pathsFrom?: string;
  readonly null?: boolean;
  readonly rebuiltIndex?: boolean;
  readonly printKeyVaultCommand?: boolean;
}

export function addRestoreCommand(program: Command, act: Act) {
  const command = withCommonOptions(
    program
      .command('restore')
      .description(
        'write what a recovery point holds to this machine, or its databases onto a server; nothing is overwritten unless --overwrite or --replace says so',
      ),
  )
    .argument('<id>', 'a recovery point, or latest: the newest that has all that is asked for')
    .option(
      '--fileshare <dir>',
      'restore the file share into this directory: empty, missing, or with an unfinished restore of the same',
    )
    .option(
      '--include <glob...>',
      'only these paths of the share, with / between names, and all below them; give it after the id',
    )
    .option(
      '--paths-from <file>',
      'only the paths of the share that this file names, or stdin for -, one a line, and all below them; beside --include, what either names',
    )
    .option('-0, --null', 'paths of --paths-from end with NUL and not with the line')
    .addOption(
      new Option(
        '--overwrite <when>',
        'let the directory of --fileshare hold something, and replace files there that differ: never, where they are older, or always; nothing else is ever removed',
      ).choices(overwriteModes),
    )
    .option('--rebuilt-index', 'read in place of lost parts of the index what hubkeep rebuild-index has stored beside them')
    .option(
      '--skip-damaged',
      'read all packs first, and restore the share but for the files whose stored content is damaged; they are listed',
    )
    .option('--dry-run', 'say what would be written, and write nothing')
    .option('--databases <dir>', 'write the backup files of the databases below this directory')
    .option('--secrets <file>', 'write SystemSecrets.JSON to this file, readable by its owner alone')
    .option('--force', 'write SystemSecrets.JSON even where everybody may look')
    .option('--print-key-vault-command', 'print how to get SystemSecrets.JSON of this point with the Azure CLI, and write none');
  addServerOptions(command).action((id: string, options: RestoreOptions) =>
    act(options, (terminal) => restore(terminal, id, options)),
  );
}

async function restore(terminal: Terminal, id: string, options: RestoreOptions): Promise<ExitCode> {
  const wanted = components.filter((component) => options[component] !== undefined);
  if (options.printKeyVaultCommand === true) return printKeyVaultCommand(terminal, id, options);
  checkUsage(wanted, options);
  const { toServer } = options;
  if (toServer !== undefined) return restoreToServer(terminal, id, { ...options, toServer });
  const { pathsFrom, null: isNull = false, dryRun = false, ...asked } = options;
  const list = pathsFrom === undefined ? {} : { list: await readPathList(pathsFrom, isNull) };
  const targets = { ...asked, ...list, dryRun };
  const hubkeep = await openRepositoryReadOnly(terminal, options);
  const { point, unlisted } = await pointToRestore(terminal, { hubkeep, id, wanted, options });
  const missing = missingOf(point, wanted);
  if (hasNothingOf(point, wanted)) {
    throw new HubkeepError('point.component-missing', `recovery point ${point.id} has no ${wanted.join(' and no ')}`, {
      hint: `${missing[0]?.reason ?? ''}; hubkeep list shows the other points.`,
    });
  }
  const view = createProgressView(terminal, hubkeep.clock);
  terminal.note(`${dryRun ? 'looking at' : 'restoring'} recovery point ${point.id} of ${formatInstant(point.startedAt)} UTC`);
  const startedAt = hubkeep.clock.now();
  const restored = await restoreParts({ hubkeep, point, targets, view }).finally(() => {
    view.stop();
  });
  const summary = { point, restored, missing, ms: hubkeep.clock.now().getTime() - startedAt.getTime() };
  if (dryRun) showPreview(terminal, summary);
  else showRestored(terminal, summary);
  terminal.printJson({ recoveryPoint: point.id, ...(dryRun ? { dryRun } : {}), ...restored, missing });
  return missing.length === 0 && unlisted === 0 && isWhole(restored) ? exitCodes.done : exitCodes.partial;
}

interface Asked {
  readonly hubkeep: Hubkeep;
  readonly id: string;
  readonly wanted: readonly Component[];
  readonly options: RestoreOptions;
}

/** The point, and how many entries on record are not in the index to restore from. */
async function pointToRestore(terminal: Terminal, { hubkeep, id, wanted, options: { rebuiltIndex = false } }: Asked) {
  const { point } = await findPoint(hubkeep.points, id, wanted);
  if (id === 'latest') await tellPassedOver(terminal, { points: hubkeep.points, point, wanted });
  if (!rebuiltIndex || point.fileshare?.status !== 'succeeded') return { point, unlisted: 0 };
  const { share, missing: unlisted } = await withRebuiltIndex(hubkeep.store, point.fileshare);
  if (unlisted > 0) terminal.note(`warning: the index that was rebuilt lacks ${formatCount(unlisted)} of the entries on record`);
  return { point: { ...point, fileshare: share }, unlisted };
}

function isWhole({
  fileshare: { notFound = [], merged } = {},
}: {
  readonly fileshare?: Partial<RestoredParts['fileshare']>;
}): boolean {
  return notFound.length === 0 && (merged?.notRestored.count ?? 0) === 0;
}

async function printKeyVaultCommand(terminal: Terminal, id: string, options: RestoreOptions): Promise<ExitCode> {
  const { points } = await openRepositoryReadOnly(terminal, options);
  const { point } = await findPoint(points, id, ['secrets']);
  const { secrets } = point;
  if (secrets?.status !== 'succeeded')
    throw new HubkeepError('point.component-missing', `recovery point ${point.id} has no secrets`, {
      hint: 'hubkeep list shows the other points.',
    });
  const command = keyVaultCommand(secrets);
  terminal.print(command);
  terminal.printJson({ recoveryPoint: point.id, command });
  return exitCodes.done;
}

function checkUsage(wanted: readonly Component[], options: RestoreOptions) {
  const { include, pathsFrom, null: isNull, overwrite, fileshare } = options;
  const ofShare = [
    include !== undefined && '--include',
    pathsFrom !== undefined && '--paths-from',
    overwrite !== undefined && '--overwrite',
  ].find((option) => option !== false);
  const problem =
    serverProblem(wanted, options) ??
    (ofShare !== undefined && fileshare === undefined
      ? `${ofShare} needs --fileshare DIR: it is about files of the share`
      : isNull === true && pathsFrom === undefined
        ? '--null needs --paths-from FILE'
        : wanted.length === 0 && options.toServer === undefined
          ? 'nothing to restore: give --fileshare DIR, --databases DIR or --secrets FILE, or several of them, or --to-server SERVER'
          : undefined);
  if (problem !== undefined)
    throw new HubkeepError('usage.invalid', problem, { hint: 'hubkeep restore --help shows the options.' });
}

function serverProblem(wanted: readonly Component[], options: ServerTarget): string | undefined {
  const { toServer, database, sourceServer, asPrefix, replace, dataDirectory, logDirectory } = options;
  if (toServer !== undefined)
    return wanted.length === 0 ? undefined : '--to-server stands alone: restore the other parts with a command of their own';
  const given = [database, sourceServer, asPrefix, replace, dataDirectory, logDirectory];
  return given.every((option) => option === undefined)
    ? undefined
    : '--database, --source-server, --as-prefix, --replace, --data-directory and --log-directory need --to-server SERVER';
}

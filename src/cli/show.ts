import type { Command } from 'commander';
import { HubkeepError } from '../errors/hubkeep-error';
import type { RecoveryPoint } from '../contracts/recovery-point';
import type { Mark } from '../repository/marks';
import { withCommonOptions, type Act } from './act';
import { rowsOf } from './backup-summary';
import { exitCodes, type ExitCode } from './exit-codes';
import { failedFile } from './failed-file';
import { findPoint } from './find-point';
import { formatCount, formatDuration, formatInstant, formatSpan, indent, plural, table } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import { showBak } from './show-bak';
import type { CommonOptions, Terminal } from './terminal';

interface ShowOptions extends CommonOptions {
  readonly bak?: string;
}

export function addShowCommand(program: Command, act: Act) {
  withCommonOptions(program.command('show').description('show what a recovery point, or a backup file of SQL Server, holds'))
    .argument('[id]', 'a recovery point, or latest')
    .option('--bak <place>', 'a .bak file of this machine, or a blob of the store, instead of a recovery point')
    .action((id: string | undefined, options: ShowOptions) =>
      act(options, async (terminal) => {
        if ((id === undefined) === (options.bak === undefined)) throw nothingToShow();
        return options.bak === undefined ? show(terminal, id ?? '', options) : showBak(terminal, options.bak, options);
      }),
    );
}

function nothingToShow(): HubkeepError {
  return new HubkeepError('usage.invalid', 'hubkeep show takes a recovery point, or --bak with a file', {
    hint: 'hubkeep show latest, or hubkeep show --bak FILE.',
  });
}

async function show(terminal: Terminal, id: string, options: CommonOptions): Promise<ExitCode> {
  const { points } = await openRepositoryReadOnly(terminal, options);
  const { point } = await findPoint(points, id);
  const marks = await points.marks(point.id);
  terminal.print(describe(point, marks));
  terminal.printJson({ ...point, marks });
  return exitCodes.done;
}

function describe(point: RecoveryPoint, marks: readonly Mark[]): string {
  const facts = [
    ['Recovery point', `${point.id} (number ${point.sequence}, ${point.outcome})`],
    ['Stamp', point.stamp],
    [
      'Taken',
      `${point.startedAt} to ${point.committedAt} (${formatSpan(point.startedAt, point.committedAt)}), by ${point.trigger}`,
    ],
    ...(point.reason === undefined ? [] : [['Reason', point.reason]]),
    ['Follows', point.previous?.id ?? 'nothing: it is the first'],
    ...(point.skewSeconds === null
      ? []
      : [['Skew', `the share was last looked at ${formatDuration(point.skewSeconds * 1000)} after the databases`]]),
    ...excludedOf(point),
    ['Not carried', point.notCarried.join(', ')],
  ];
  const notes = [
    ...problemsOf(point),
    ...point.warnings.map(({ message }) => `warning: ${message}`),
    ...failedFilesOf(point),
    ...marksOf(marks),
  ];
  return [table(facts), '', indent(table(rowsOf(point))), ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

const marksShown = 10;

/** The newest of what was found out since, one a line. */
function marksOf(marks: readonly Mark[]): string[] {
  if (marks.length === 0) return [];
  const shown = marks.slice(-marksShown).map((mark) => `  ${formatInstant(mark.at)} UTC  ${mark.kind}${detailOf(mark)}`);
  const more = marks.length - shown.length;
  return ['marks:', ...(more > 0 ? [`  … ${plural(more, 'earlier mark')}, in --json`] : []), ...shown];
}

function detailOf({ kind, reason, deep, sample, findings }: Mark): string {
  if (kind !== 'verified') return reason === undefined ? '' : `: ${reason}`;
  const looked = deep !== true ? 'index, sizes and hashes' : typeof sample === 'number' ? `${sample * 100} % read` : 'all read';
  return `: ${looked}, ${typeof findings === 'number' && findings > 0 ? plural(findings, 'finding') : 'nothing wrong'}`;
}

function excludedOf({ fileshare }: RecoveryPoint): string[][] {
  if (fileshare?.status !== 'succeeded' || fileshare.excludes.length === 0) return [];
  const { counts, excludes } = fileshare;
  return [
    ['Excluded', `${counts.excluded === 1 ? '1 entry' : `${formatCount(counts.excluded)} entries`}, by ${excludes.join(', ')}`],
  ];
}

function problemsOf({ databases, fileshare, secrets }: RecoveryPoint): string[] {
  const problems = (databases?.items ?? []).flatMap((item) =>
    item.status === 'failed' ? [`${item.database} on ${item.server} failed: ${item.problem.message}`] : [],
  );
  if (fileshare?.status === 'failed') problems.push(`the file share failed: ${fileshare.problem.message}`);
  if (secrets?.status === 'failed') problems.push(`the secrets failed: ${secrets.problem.message}`);
  else if (secrets?.problem !== undefined) problems.push(`the secrets: ${secrets.problem.message}`);
  return problems;
}

function failedFilesOf({ fileshare }: RecoveryPoint): string[] {
  if (fileshare?.status !== 'succeeded' || fileshare.counts.failed === 0) return [];
  const { first, all } = fileshare.failed;
  const shown = first.map((file) => `  ${failedFile(file)}${file.keptEarlier ? ' (kept as it was)' : ''}`);
  const rest = all === undefined ? [] : [`  … all of them: ${all.key}`];
  return [`could not be copied (${fileshare.counts.failed}):`, ...shown, ...rest];
}

import type { Command } from 'commander';
import type { Hubkeep } from '../compose';
import { type Drill, type DrillRequest, drillParts } from '../contracts/drill';
import { HubkeepError } from '../errors/hubkeep-error';
import { drillInstance } from '../recovery/drill/start-drill';
import { startDrill } from '../triggers/start-drill';
import { withCommonOptions, type Act } from './act';
import { createEmbeddedRuns } from './embedded-runs';
import { exitCodes, type ExitCode } from './exit-codes';
import { findPoint } from './find-point';
import { formatBytes, formatCount, formatDuration, plural } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import { parseShare } from './parse-share';
import { createProgressView } from './progress/create-progress-view';
import type { CommonOptions, Terminal } from './terminal';

interface DrillOptions extends CommonOptions {
  readonly sample?: string;
}

export function addDrillCommand(program: Command, act: Act) {
  withCommonOptions(
    program.command('drill').description('rehearse a restore: verify a part of what is stored, restore some of it and compare'),
  )
    .argument('[id]', 'a recovery point, or latest; the newest complete one when not given')
    .option('--sample <percent>', 'of the stored bytes, those to read; DRILL_SAMPLE_PERCENT when not given')
    .action((id: string | undefined, options: DrillOptions) => act(options, (terminal) => rehearse(terminal, id, options)));
}

async function rehearse(terminal: Terminal, id: string | undefined, options: DrillOptions): Promise<ExitCode> {
  const asked = options.sample === undefined ? undefined : parseShare(options.sample);
  const hubkeep = await openRepositoryReadOnly(terminal, options);
  const share = asked ?? hubkeep.config.drill.share;
  const point = id === undefined ? {} : { point: (await findPoint(hubkeep.points, id)).point.id };
  const view = createProgressView(terminal, hubkeep.clock);
  view.stage('rehearsing a restore');
  const drill = await runToItsEnd(hubkeep, { trigger: 'cli', parts: [...drillParts], share, ...point }).finally(() => {
    view.stop();
  });
  terminal.print(describe(drill));
  terminal.printJson(drill);
  return drill.status === 'succeeded' ? exitCodes.done : exitCodes.failed;
}

async function runToItsEnd(hubkeep: Hubkeep, asked: Pick<DrillRequest, 'trigger' | 'parts' | 'share' | 'point'>): Promise<Drill> {
  const { engine } = createEmbeddedRuns(hubkeep);
  const started = await startDrill(hubkeep.drills.start, engine, asked);
  if (started === undefined) throw new Error('a drill without a slot was taken for another');
  const { problem } = await engine.wait(drillInstance(started.drillId));
  if (problem !== undefined) throw new HubkeepError(problem.code, `the drill broke off: ${problem.message}`);
  return hubkeep.drills.drills.read(started.drillId);
}

function describe({ id, status, recoveryPoint, verification, share, databases, recoveryTime, problems }: Drill): string {
  const lines = [
    ...(verification === undefined
      ? []
      : [
          `verified   ${plural(verification.blobs, 'blob')}, ${formatBytes(verification.bytesRead)} read, ${plural(verification.findings.length, 'finding')}`,
          `secrets    ${secretsOf(verification.secrets)}`,
        ]),
    ...shareLines(share),
    ...databaseLines(databases),
    ...timeLines(recoveryTime),
    ...problems.map(({ message, hint }) => `wrong      ${message}${hint === undefined ? '' : ` (${hint})`}`),
  ];
  return [...lines, '', `${status}: drill ${id} of recovery point ${recoveryPoint ?? 'none'}`].join('\n');
}

function secretsOf(read: number | null): string {
  if (read === null) return 'not checked, since KEY_VAULT_URL is not set';
  return read === 0 ? 'none in this point' : `${plural(read, 'version')} read back`;
}

function shareLines(share: Drill['share']): string[] {
  if (share === undefined) return [];
  if (share.status === 'skipped') return [`file share not rehearsed: ${share.reason}`];
  if (share.status === 'failed') return [];
  const { files, bytes, seconds, tooLarge, wrongFiles } = share;
  const left = tooLarge === 0 ? '' : `, ${formatCount(tooLarge)} too large for a drill`;
  const came = wrongFiles === 0 ? 'equal to what was recorded' : `${formatCount(wrongFiles)} of them not what was recorded`;
  return [
    `file share ${plural(files, 'file')} of ${formatBytes(bytes)} restored in ${formatDuration(seconds * 1000)}, ${came}${left}`,
  ];
}

function databaseLines(databases: Drill['databases']): string[] {
  if (databases === undefined || databases.status === 'broken-off') return [];
  if (databases.status === 'not-configured') return ['databases  not restored on trial: DRILL_SQL_SERVER is not set'];
  if (databases.databases.length === 0) return ['databases  none in this point that can be restored on trial'];
  return databases.databases.map(({ server, database, outcome, userTables, rows, warnings }) => {
    const looked = userTables === undefined ? '' : `, ${plural(userTables, 'table')} with ${plural(rows ?? 0, 'row')}`;
    const notes = warnings.map((warning) => `; ${warning}`).join('');
    const what = outcome === 'failed' ? 'not restored and checked' : 'restored and checked';
    return `database   ${database} of ${server} on ${databases.server}: ${what}, ${outcome}${looked}${notes}`;
  });
}

function timeLines(time: Drill['recoveryTime']): string[] {
  const line = (seconds: number | null | undefined, what: string) =>
    seconds == null ? [] : [`time       ${formatDuration(seconds * 1000)} for ${what}, at the rate of this drill`];
  return [...line(time?.databasesSeconds, 'the databases'), ...line(time?.shareSeconds, 'the whole file share')];
}

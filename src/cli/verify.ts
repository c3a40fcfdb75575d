import type { Command } from 'commander';
import type { Coverage, Finding, Verification } from '../contracts/verification';
import { HubkeepError } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { recordVerification } from '../recovery/verify/record-verification';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { formatBytes, formatCount, formatInstant, plural } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import { parseShare } from './parse-share';
import { createProgressView } from './progress/create-progress-view';
import type { CommonOptions, Terminal } from './terminal';

interface VerifyOptions extends CommonOptions {
  readonly all?: boolean;
  readonly deep?: boolean;
  readonly sample?: string;
  readonly mark: boolean;
}

export function addVerifyCommand(program: Command, act: Act) {
  withCommonOptions(program.command('verify').description('check that recovery points can be restored, and mark what came of it'))
    .argument('[id]', 'a recovery point; latest when not given')
    .option('--all', 'check every recovery point')
    .option('--deep', 'read and hash every byte, not only the index, sizes and stored hashes')
    .option(
      '--sample <percent>',
      'with --deep: read so much of the bytes, such as 5%, and each time what was not read for longest',
    )
    .option('--no-mark', 'mark nothing on the points')
    .action((id: string | undefined, options: VerifyOptions) => act(options, (terminal) => check(terminal, id, options)));
}

async function check(terminal: Terminal, id: string | undefined, options: VerifyOptions): Promise<ExitCode> {
  const share = shareOf(options);
  if (options.all === true && id !== undefined) throw new HubkeepError('usage.invalid', `--all and ${id} cannot both be given`);
  const { points, clock, verifier } = await openRepositoryReadOnly(terminal, options);
  const target = await verifier.resolve(options.all === true ? 'all' : (id ?? 'latest'));
  const view = createProgressView(terminal, clock);
  view.stage('verifying');
  const since = clock.now().toISOString();
  const result = await verifier
    .verify({ target, share, since }, (bytes, totalBytes) => {
      view.update({ task: 'stored data', bytes, totalBytes });
    })
    .finally(() => {
      view.stop();
    });
  if (options.mark) {
    await recordVerification(points, result, clock.now()).catch((error: unknown) => {
      terminal.note(`warning: nothing could be marked on the points: ${messageOf(error)}`);
    });
  }
  for (const finding of result.findings) terminal.print(describe(finding));
  if (result.secrets === null) terminal.print('not checked: SystemSecrets.JSON, since KEY_VAULT_URL is not set');
  if (result.coverage !== null) terminal.print(describeCoverage(result.coverage));
  terminal.print(closingLine(result));
  terminal.printJson(result);
  return result.findings.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** Of the bytes, up to 1; 0 when none are to be read. */
function shareOf({ deep = false, sample }: VerifyOptions): number {
  if (sample === undefined) return deep ? 1 : 0;
  if (deep) return parseShare(sample);
  throw new HubkeepError('usage.invalid', '--sample needs --deep: it says how much of the bytes is read', {
    hint: 'hubkeep verify --deep --sample 5%',
  });
}

function describe({ code, blob, message, what, notNeeded, files = [], filesHit = 0, points }: Finding): string {
  const more = filesHit - files.length;
  return [
    `${code}  ${blob}: ${message}`,
    ...(what === undefined ? [] : [`  holds: ${what}${notNeeded === true ? '; no restore needs it' : ''}`]),
    ...(points.length === 0 ? [] : [`  recovery points: ${points.join(', ')}`]),
    ...files.map((path) => `  file lost: ${path}`),
    ...(more > 0 ? [`  and ${plural(more, 'more file')}`] : []),
  ].join('\n');
}

function describeCoverage({ bytes, coveredBytes, oldest, runsLeft }: Coverage): string {
  const share = bytes === 0 ? 100 : Math.floor((coveredBytes / bytes) * 100);
  const since = oldest === null ? '' : `, the first of it on ${formatInstant(oldest)} UTC`;
  const left = runsLeft === 0 ? '' : `; ${plural(runsLeft, 'more verification')} like this until all is`;
  return `read and found as stored so far: ${share} % of ${formatBytes(bytes)}${since}${left}`;
}

function closingLine({ points, blobs, bytesRead, secrets, findings, deep }: Verification): string {
  const vault = secrets === null || secrets === 0 ? '' : `, ${plural(secrets, 'version')} of secrets`;
  const looked = `${plural(points.length, 'recovery point')}, ${plural(blobs, 'blob')}${vault}, ${formatBytes(bytesRead)} read${deep ? '' : ' (sizes and hashes as stored; --deep reads all)'}`;
  return findings.length === 0 ? `nothing wrong: ${looked}` : `${formatCount(findings.length)} found: ${looked}`;
}

import type { Command } from 'commander';
import { isRunId } from '../contracts/run-id';
import { inspectBak } from '../databases/tape/inspect-bak';
import { inStore } from '../databases/tape/random-access';
import { HubkeepError } from '../errors/hubkeep-error';
import type { Finding } from '../recovery/verify/finding';
import { verify, type Verification } from '../recovery/verify/verify';
import { restoreSystemSecrets } from '../secrets/restore-system-secrets';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { formatBytes, formatCount, plural } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import { createProgressView } from './progress/create-progress-view';
import type { CommonOptions, Terminal } from './terminal';

interface VerifyOptions extends CommonOptions {
  readonly all?: boolean;
  readonly deep?: boolean;
}

export function addVerifyCommand(program: Command, act: Act) {
  withCommonOptions(program.command('verify').description('check that recovery points can be restored; changes nothing'))
    .argument('[id]', 'a recovery point; latest when not given')
    .option('--all', 'check every recovery point')
    .option('--deep', 'read and hash every byte, not only the index, sizes and stored hashes')
    .action((id: string | undefined, options: VerifyOptions) => act(options, (terminal) => check(terminal, id, options)));
}

async function check(terminal: Terminal, id: string | undefined, options: VerifyOptions): Promise<ExitCode> {
  const target = targetOf(id, options);
  const { store, points, clock, vault } = await openRepositoryReadOnly(terminal, options);
  const view = createProgressView(terminal, clock);
  view.stage('verifying');
  const onProgress = (bytes: number, totalBytes: number) => {
    view.update({ task: 'stored data', bytes, totalBytes });
  };
  const result = await verify({
    ...{ store, points, target, deep: options.deep ?? false, onProgress },
    inspect: async (key) => inspectBak(await inStore(store, key)),
    readSecrets: vault && ((custody) => restoreSystemSecrets(vault, custody)),
  }).finally(() => {
    view.stop();
  });
  for (const finding of result.findings) terminal.print(describe(finding));
  if (result.secrets === null) terminal.print('not checked: SystemSecrets.JSON, since KEY_VAULT_URL is not set');
  terminal.print(closingLine(result));
  terminal.printJson(result);
  return result.findings.length === 0 ? exitCodes.done : exitCodes.failed;
}

function targetOf(id: string | undefined, { all = false }: VerifyOptions): string {
  if (all && id !== undefined) throw new HubkeepError('usage.invalid', `--all and ${id} cannot both be given`);
  if (all) return 'all';
  if (id === undefined || id === 'latest' || isRunId(id)) return id ?? 'latest';
  throw new HubkeepError('point.not-found', `there is no recovery point ${id}`, {
    hint: 'Name a point that hubkeep list shows, latest, or --all.',
  });
}

function describe({ code, blob, message, files = [], filesHit = 0, points }: Finding): string {
  const more = filesHit - files.length;
  return [
    `${code}  ${blob}: ${message}`,
    ...(points.length === 0 ? [] : [`  recovery points: ${points.join(', ')}`]),
    ...files.map((path) => `  file lost: ${path}`),
    ...(more > 0 ? [`  and ${plural(more, 'more file')}`] : []),
  ].join('\n');
}

function closingLine({ points, blobs, bytesRead, secrets, findings, deep }: Verification): string {
  const vault = secrets === null || secrets === 0 ? '' : `, ${plural(secrets, 'version')} of secrets`;
  const looked = `${plural(points.length, 'recovery point')}, ${plural(blobs, 'blob')}${vault}, ${formatBytes(bytesRead)} read${deep ? '' : ' (sizes and hashes as stored; --deep reads all)'}`;
  return findings.length === 0 ? `nothing wrong: ${looked}` : `${formatCount(findings.length)} found: ${looked}`;
}

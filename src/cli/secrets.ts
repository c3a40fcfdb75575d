import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import type { SecretsCustody } from '../contracts/secrets-custody';
import { HubkeepError } from '../errors/hubkeep-error';
import type { SystemSecretsDesk } from '../secrets/system-secrets-desk';
import { largestContent } from '../secrets/system-secrets-content';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { formatBytes, formatInstant, plural, table } from './format';
import { openHubkeep } from './open-hubkeep';
import type { CommonOptions, Terminal } from './terminal';

export function addSecretsCommand(program: Command, act: Act) {
  // Options may stand before the word that says what to do, as after it.
  const secrets = withCommonOptions(
    program.command('secrets').description('hand SystemSecrets.JSON over, or ask how it is kept'),
  );
  const all = (options: CommonOptions): CommonOptions => ({ ...secrets.opts<CommonOptions>(), ...options });
  withCommonOptions(secrets.command('put').description('store SystemSecrets.JSON in the vault: a new version when it differs'))
    .argument('<file>', 'as it was downloaded from the admin portal: App Service, Secrets, Download Secrets')
    .action((file: string, own: CommonOptions) => act(all(own), (terminal) => put(terminal, file, all(own))));
  withCommonOptions(secrets.command('status').description('whether SystemSecrets.JSON is kept, and how old it is')).action(
    (own: CommonOptions) => act(all(own), (terminal) => status(terminal, all(own))),
  );
}

async function put(terminal: Terminal, file: string, options: CommonOptions): Promise<ExitCode> {
  const desk = openDesk(terminal, options);
  const custody = await desk.put({ content: await readFile(file), source: file, way: 'cli' });
  terminal.print(describePut(custody));
  terminal.note(`${file} still holds the secrets in plain text: delete it, and empty the recycle bin`);
  terminal.printJson(custody);
  return exitCodes.done;
}

function describePut({ stored, name, version, vault, parts = [] }: SecretsCustody): string {
  const where = `${name} in ${vault}`;
  const inParts = parts.length === 0 ? '' : `, in ${plural(parts.length, 'part')}`;
  if (stored) return `stored as version ${version} of ${where}${inParts}; the next recovery point pins it`;
  return `unchanged since version ${version} of ${where}; its age counts from now`;
}

async function status(terminal: Terminal, options: CommonOptions): Promise<ExitCode> {
  const desk = openDesk(terminal, options);
  const { warnings, ...found } = await desk.status();
  terminal.printJson(found);
  if (!found.stored) {
    terminal.print('SystemSecrets.JSON was never stored, so this stamp cannot be restored.');
    terminal.print('In the admin portal open App Service, Secrets, choose Download Secrets; then: hubkeep secrets put FILE');
    return exitCodes.failed;
  }
  const { vault = '', name = '', version = '', size = 0, parts, capturedAt = '', confirmedAt, ageDays = 0, maxAgeDays } = found;
  terminal.print(
    table([
      ['Kept as', `${name}, version ${version}${parts === undefined ? '' : `, in ${plural(parts, 'part')}`}`],
      ['Vault', vault],
      ['Size', formatBytes(size)],
      ['Captured', `${formatInstant(capturedAt)} UTC`],
      ...(confirmedAt === undefined ? [] : [['Confirmed', `${formatInstant(confirmedAt)} UTC`]]),
      ['Age', `${plural(ageDays, 'day')} of at most ${maxAgeDays}`],
    ]),
  );
  for (const { message, hint } of warnings) terminal.print(`warning: ${message}${hint === undefined ? '' : ` ${hint}`}`);
  return found.stale ? exitCodes.failed : exitCodes.done;
}

function openDesk(terminal: Terminal, options: CommonOptions): SystemSecretsDesk {
  const { systemSecrets } = openHubkeep(terminal, { ...options, sources: false });
  if (systemSecrets !== undefined) return systemSecrets;
  throw new HubkeepError('config.invalid', 'KEY_VAULT_URL is not set, and SystemSecrets.JSON is kept in a vault', {
    hint: 'Set KEY_VAULT_URL.',
  });
}

/** Nothing of a file that cannot be the right one is read. */
async function readFile(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size <= largestContent) return await file.readFile();
    throw new HubkeepError('secrets.too-large', `${path} holds ${size} bytes; at most ${largestContent} are kept.`, {
      hint: 'Check that it is the SystemSecrets.JSON downloaded from the admin portal and not another file.',
    });
  } catch (error) {
    if (error instanceof HubkeepError) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new HubkeepError('secrets.unreadable', `${path} cannot be read (${code}).`, {
      hint: 'Check the path and its permissions.',
    });
  }
}

import { Command } from 'commander';
import { hubkeepVersion } from '../contracts/version';
import type { Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { reportError } from './report-error';
import { createTerminal } from './terminal';

type AddCommand = (program: Command, act: Act) => void;

/** In the order of the help. A command brings the SDKs it needs, which the others need not wait for. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  backup: async () => (await import('./backup.js')).addBackupCommand,
  list: async () => (await import('./list.js')).addListCommand,
  show: async () => (await import('./show.js')).addShowCommand,
  verify: async () => (await import('./verify.js')).addVerifyCommand,
  restore: async () => (await import('./restore.js')).addRestoreCommand,
  drill: async () => (await import('./drill.js')).addDrillCommand,
  'rebuild-index': async () => (await import('./rebuild-index.js')).addRebuildIndexCommand,
  runbook: async () => (await import('./runbook.js')).addRunbookCommand,
  kit: async () => (await import('./kit.js')).addKitCommand,
  secrets: async () => (await import('./secrets.js')).addSecretsCommand,
  'print-sql': async () => (await import('./print-sql.js')).addPrintSqlCommand,
  serve: async () => (await import('./serve.js')).addServeCommand,
};

/** Runs one command and ends the process with its exit code. */
export async function runCli(argv: readonly string[]): Promise<never> {
  // Whoever read our output may leave; a backup goes on all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const code = await exitCodeOf(argv);
  for (const stream of [process.stdout, process.stderr]) await new Promise((written) => stream.write('', written));
  // Connections kept open for another request would keep the process alive.
  process.exit(code);
}

async function exitCodeOf(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const act: Act = async (options, work) => {
    code = await work(createTerminal(options));
  };
  try {
    const program = createProgram();
    for (const load of commandsFor(argv)) (await load())(program, act);
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, { json: argv.includes('--json'), verbose: argv.includes('--verbose') });
  }
}

/** The one that is named, or all of them for the help and for what is no command. */
function commandsFor([first = '']: readonly string[]): (() => Promise<AddCommand>)[] {
  if (first === '--version' || first === '-V') return [];
  const named = Object.hasOwn(commands, first) ? commands[first] : undefined;
  return named === undefined ? Object.values(commands) : [named];
}

function createProgram(): Command {
  return new Command('hubkeep')
    .description('Backs up App Service on Azure Stack Hub: databases, tenant file share and SystemSecrets.JSON.')
    .version(hubkeepVersion)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
}

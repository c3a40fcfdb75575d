import { Command } from 'commander';
import { hubkeepVersion } from '../contracts/version';
import type { Act } from './act';
import { addBackupCommand } from './backup';
import { exitCodes, type ExitCode } from './exit-codes';
import { addListCommand } from './list';
import { reportError } from './report-error';
import { addRestoreCommand } from './restore';
import { addServeCommand } from './serve';
import { addShowCommand } from './show';
import { createTerminal } from './terminal';
import { addVerifyCommand } from './verify';

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
    await createProgram(act).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, { json: argv.includes('--json'), verbose: argv.includes('--verbose') });
  }
}

function createProgram(act: Act): Command {
  const program = new Command('hubkeep')
    .description('Backs up App Service on Azure Stack Hub: databases, tenant file share and SystemSecrets.JSON.')
    .version(hubkeepVersion)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  addBackupCommand(program, act);
  addListCommand(program, act);
  addShowCommand(program, act);
  addVerifyCommand(program, act);
  addRestoreCommand(program, act);
  addServeCommand(program, act);
  return program;
}

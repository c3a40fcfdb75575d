import type { Command } from 'commander';
import type { ExitCode } from './exit-codes';
import type { CommonOptions, Terminal } from './terminal';

/** Runs a command's work with its terminal; the code it gives is the process's. */
export type Act = (options: CommonOptions, work: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>;

/** The options that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--env-file <file>', 'read settings from this file; the environment wins over it')
    .option('--json', 'print one JSON document on stdout, everything else on stderr')
    .option('--verbose', 'show the log and the causes of errors');
}

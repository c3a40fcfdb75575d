import { CommanderError } from 'commander';
import { HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import { exitCodeFor, exitCodes, type ExitCode } from './exit-codes';
import { createTerminal, type CommonOptions } from './terminal';

/** Tells what went wrong: one line and a hint, or one JSON document. Never a stack, never a credential. */
export function reportError(thrown: unknown, options: CommonOptions): ExitCode {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.done;
  // Commander has shown the help already.
  if (thrown instanceof CommanderError && thrown.code === 'commander.help') return exitCodes.usage;
  const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
  const problem = toProblem(error);
  const { code, causes = [] } = problem;
  const message =
    isHubkeepError(error) && error.details['problems'] === 1 ? problem.message.replace(/\s*\n\s*/g, ' ') : problem.message;
  const hint = problem.hint ?? (code === 'internal' ? 'This should not happen; --verbose shows the causes.' : undefined);

  const terminal = createTerminal(options);
  terminal.note(`hubkeep: ${message}`);
  if (hint !== undefined) terminal.note(`  hint: ${hint}`);
  if (terminal.verbose) for (const cause of causes) terminal.note(`  cause: ${cause}`);
  terminal.printJson({ error: { code, message, ...(hint === undefined ? {} : { hint }) } });
  return exitCodeFor(code);
}

function usageError({ message }: CommanderError): HubkeepError {
  const text = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return new HubkeepError('usage.invalid', text, {
    hint: 'hubkeep --help lists the commands, hubkeep COMMAND --help their options.',
  });
}

import { Option, type Command } from 'commander';
import { type Runbook, runbookFormats, type RunbookFormat } from '../contracts/runbook';
import type { Runbooks } from '../recovery/runbook/runbooks';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { findPoint } from './find-point';
import { openRepositoryReadOnly } from './open-hubkeep';
import type { CommonOptions, Terminal } from './terminal';
import { writeNewFile } from './write-new-file';

export interface DocumentOptions extends CommonOptions {
  readonly format: RunbookFormat;
  readonly output?: string;
}

interface RunbookOptions extends DocumentOptions {
  readonly targetSql?: string;
  readonly targetShare?: string;
}

export function addRunbookCommand(program: Command, act: Act) {
  withDocumentOptions(
    program.command('runbook').description('print how to recover from a point, step by step, with its real names'),
  )
    .argument('<id>', 'a recovery point, or latest')
    .option('--target-sql <server>', 'the SQL Server that the databases go to, when it is another one')
    .option('--target-share <unc>', 'the UNC path of the share that the files go to, when it is another one')
    .action((id: string, options: RunbookOptions) => act(options, (terminal) => runbook(terminal, id, options)));
}

/** The options of every command that prints a document. */
export function withDocumentOptions(command: Command): Command {
  return withCommonOptions(command)
    .addOption(
      new Option('--format <format>', 'md for a terminal, html to print, json for programs')
        .choices(runbookFormats)
        .default('md'),
    )
    .option('-o, --output <file>', 'write it to this file, which must not be there yet');
}

async function runbook(terminal: Terminal, id: string, options: RunbookOptions): Promise<ExitCode> {
  const { points, runbooks } = await openRepositoryReadOnly(terminal, options);
  const { point } = await findPoint(points, id);
  const targets = { sqlServer: options.targetSql, share: options.targetShare };
  const document = runbooks.of(point, { targets, marks: await points.marks(point.id) });
  await printDocument(terminal, { runbooks, document, options });
  return exitCodes.done;
}

interface Printed {
  readonly runbooks: Runbooks;
  readonly document: Runbook;
  readonly options: DocumentOptions;
}

/** To a file, or to stdout; with --json stdout has the document itself, whatever the format of the file. */
export async function printDocument(terminal: Terminal, { runbooks, document, options }: Printed): Promise<void> {
  const { format, output } = options;
  const text = runbooks.render(document, format);
  if (output !== undefined) {
    await writeNewFile(output, once(text));
    terminal.note(`written to ${output}`);
  } else if (!terminal.json) terminal.print(text.replace(/\n$/, ''));
  terminal.printJson(document);
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}

import { Command } from 'commander';
import { DockerfileParser } from 'dockerfile-ast';
import { addBackupCommand } from '../../src/cli/backup';
import { addDrillCommand } from '../../src/cli/drill';
import { addKitCommand } from '../../src/cli/kit';
import { addListCommand } from '../../src/cli/list';
import { addPrintSqlCommand } from '../../src/cli/print-sql';
import { addRestoreCommand } from '../../src/cli/restore';
import { addRunbookCommand } from '../../src/cli/runbook';
import { addSecretsCommand } from '../../src/cli/secrets';
import { addServeCommand } from '../../src/cli/serve';
import { addShowCommand } from '../../src/cli/show';
import { addVerifyCommand } from '../../src/cli/verify';
import { readText, recipeFiles } from './recipes';

const pages = ['docs/deploy.md', 'docs/hosting.md'];

/** Words as a shell takes them, up to what is no longer of the command. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
  const end = words.findIndex((word) => /^(\||>|&&|;|#)/.test(word));
  return end === -1 ? words : words.slice(0, end);
}

/** What follows the name of the program in a line. */
function commandIn(line: string, program: RegExp): string[][] {
  const found = program.exec(line);
  return found === null ? [] : [wordsOf(line.slice(found.index + found[0].length))];
}

const inPages = pages.flatMap((page) =>
  [...readText(page).matchAll(/^```(sh|console|powershell)\n([^]*?)^```$/gm)].flatMap(([, , text = '']) =>
    text
      .replace(/\\\n/g, ' ')
      .split('\n')
      .flatMap((line) => commandIn(line, /^hubkeep |^docker run .* hubkeep /)),
  ),
);
const inUnits = recipeFiles()
  .filter((file) => file.endsWith('.service'))
  .flatMap((file) => readText(file).split('\n'))
  .flatMap((line) => commandIn(line, /^ExecStart=\S+\/hubkeep /));
const inImages = DockerfileParser.parse(readText('deploy/container/Dockerfile.cli'))
  .getCMDs()
  .map((cmd) => cmd.getJSONStrings().map((word) => word.getJSONValue()));
const inJobs = recipeFiles()
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => [...readText(file).matchAll(/^ *args:\n((?: *- .*\n)+)/gm)])
  .map(([, list = '']) => list.split('\n').flatMap((line) => line.trim().replace(/^- /, '') || []));
const inTasks = recipeFiles()
  .filter((file) => file.endsWith('.xml'))
  .flatMap((file) => commandIn(readText(file), /Invoke-Hubkeep\.ps1" (?=\w+<)/))
  .map(([word = '']) => [word.replace(/<.*$/, ''), '--env-file', 'x']);

const commands = [...inPages, ...inUnits, ...inImages, ...inJobs, ...inTasks];

/** The program as it stands, but for what its commands do. */
function parse(args: readonly string[]): Promise<unknown> {
  const program = new Command('hubkeep')
    .version('x')
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  const add = [
    ...[addBackupCommand, addListCommand, addShowCommand, addVerifyCommand, addRestoreCommand, addDrillCommand],
    ...[addRunbookCommand, addKitCommand, addSecretsCommand, addPrintSqlCommand, addServeCommand],
  ];
  for (const one of add) one(program, () => Promise.resolve());
  return program.parseAsync([...args], { from: 'user' });
}

test('recipes and pages are full of commands', () => {
  const found = [inPages, inUnits, inImages, inJobs, inTasks].map((some) => some.map(([word]) => word));
  expect(found).toEqual([
    expect.arrayContaining([
      'print-sql',
      'kit',
      'secrets',
      'backup',
      'list',
      'show',
      'verify',
      'serve',
      'drill',
      'restore',
      'runbook',
    ]),
    ['backup', 'drill', 'serve'],
    ['--help', 'serve'],
    ['backup', 'drill', 'serve'],
    ['backup', 'drill'],
  ]);
});

test.each(commands.map((words) => [words.join(' '), words] as const))('hubkeep %s is a command', async (_, words) => {
  const ended = parse(words);
  if (words[0]?.startsWith('--')) await expect(ended).rejects.toMatchObject({ exitCode: 0 });
  else await ended;
});

test('a command that is none is found', async () => {
  await expect(parse(['backup', '--component', 'secrets'])).rejects.toThrow("unknown option '--component'");
  await expect(parse(['back-up'])).rejects.toThrow("unknown command 'back-up'");
});

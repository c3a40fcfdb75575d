/** `npm run sandbox -- --dir DIR [--share PATH]`: a pretend stamp that runs until it is told to end. */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSandbox } from './start-sandbox';
import { untilSignal } from './until-signal';

const usage = 'Usage: npm run sandbox -- --dir DIR [--share PATH]';

function readArguments(): { readonly directory: string; readonly share?: string } | undefined {
  try {
    const { values } = parseArgs({ options: { dir: { type: 'string' }, share: { type: 'string' } } });
    if (values.dir === undefined) return refuse('--dir is missing');
    if (values.share === undefined) return { directory: values.dir };
    const found = statSync(values.share, { throwIfNoEntry: false });
    return found?.isDirectory() ? { directory: values.dir, share: values.share } : refuse(`${values.share} is not a directory`);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(reason: string): undefined {
  process.stderr.write(`${reason}\n${usage}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options === undefined) return;
  const ended = untilSignal();
  process.stderr.write(`Starting a pretend stamp in ${options.directory}\n`);
  const sandbox = await startSandbox(options);
  process.stdout.write(`ready ${sandbox.envFile}\n`);
  await ended;
  await sandbox.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

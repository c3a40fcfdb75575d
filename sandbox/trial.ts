/** `npm start [-- --once]`: a pretend stamp, one backup of it, and the status page until Ctrl-C. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from './start-sandbox';
import { untilSignal } from './until-signal';

const checkout = join(__dirname, '..', '..');
const cli = join(checkout, 'dist', 'src', 'cli', 'main.js');

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The terminal is the child's: its progress, its tables, its colours. */
function hubkeep(sandbox: Sandbox, ...args: string[]): ChildProcess {
  const [command = '', ...rest] = args;
  return spawn(process.execPath, ['--', cli, command, '--env-file', sandbox.envFile, ...rest], { stdio: 'inherit' });
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** Ends with the child or at a signal, which a terminal gives to both and anything else to us alone. */
async function endWith(child: ChildProcess, signalled: Promise<void>): Promise<number> {
  const ended = exitCodeOf(child);
  const first = await Promise.race([ended, signalled.then(() => undefined)]);
  if (first !== undefined) return first;
  child.kill('SIGTERM');
  await ended;
  return 0;
}

function sayWhatIsNext(directory: string): void {
  say(`\nThe pretend stamp is stopped; its data and the recovery point lie in ${directory}.`);
  say('Next: npm start for the status page, or npm run sandbox -- --dir DIR to try the commands against a running stamp.');
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const signalled = untilSignal();
  const directory = join(checkout, '.hubkeep', 'sandbox');
  say(`Starting a pretend stamp in ${directory} (SQL Server, Key Vault, storage, a file share) …`);
  const sandbox = await startSandbox({ directory });
  let endedWell = false;
  try {
    say('Backing it up: hubkeep backup\n');
    const code = await endWith(hubkeep(sandbox, 'backup', '--reason', 'npm start'), signalled);
    if (values.once && code === 0) endedWell = true;
    if (values.once || code !== 0) return code;
    say(`\nThe status page asks for SERVE_API_KEY of ${sandbox.envFile}. Ctrl-C ends everything.`);
    return await endWith(hubkeep(sandbox, 'serve', '--port', '0'), signalled);
  } finally {
    await sandbox.close();
    if (endedWell) sayWhatIsNext(directory);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);

import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Command {
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly directory?: string;
}

const mostOfStderr = 2000;

/** Waits for its end and rejects unless it ends well; an abort kills it and whatever it has started. What it prints is dropped. */
export async function runProcess({ argv, env, directory }: Command, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, {
    env: env ?? process.env,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group of its own, so that children of a shell can be ended with it.
    detached: true,
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-mostOfStderr)));
  const kill = () => {
    endGroup(child.pid);
  };
  signal.addEventListener('abort', kill);
  try {
    const [code, ended] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code ?? ended}: ${said.trim()}`);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

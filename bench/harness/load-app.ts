import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What loading an app came to, in a process that did nothing else. */
export interface Loaded {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of the whole process, Node included, when the app was loaded. */
  readonly residentBytes: number;
  /** By the names they were registered under. */
  readonly functions: readonly string[];
  /** Modules that were loaded from files. */
  readonly files: readonly string[];
}

export interface LoadOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const program = join(__dirname, '..', 'programs', 'functions-worker.js');

/** Loads an app as the Functions worker does, in a new process with these settings and no others. */
export async function loadApp(main: string, { env, signal }: LoadOptions): Promise<Loaded> {
  const child = fork(program, [main], {
    env: { PATH: process.env['PATH'], ...env },
    execArgv: [],
    // What an app says of itself is of no interest here.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...(signal === undefined ? {} : { signal }),
  });
  let loaded: Loaded | undefined;
  child.on('message', (message) => (loaded = message as Loaded));
  const [code] = (await once(child, 'close')) as [number | null];
  if (loaded === undefined) throw new Error(`${main} could not be loaded: the process ended with ${code}`);
  return loaded;
}

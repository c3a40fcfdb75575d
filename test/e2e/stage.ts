import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import type { BlobStore } from '../../src/ports/blob-store';
import { asStamp } from '../support/test-stamp';

// Programs are started one after the other, on machines that may have better things to do.
jest.setTimeout(240_000);

const compiled = join(__dirname, '..', '..', 'src', 'cli', 'main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export type Settings = Readonly<Record<string, string>>;

/** A pretend stamp and the program beside it, as an operator runs it: in processes of its own, with a settings file. */
export interface Stage {
  readonly sandbox: Sandbox;
  /** Copies of all that the SQL Server wrote, named like the files themselves. */
  readonly written: string;
  /** A path under the stage that nothing has yet. */
  path(name: string): string;
  /** Points kept in this container only: what one test stores is nothing to another. The program is the compiled one when no other is given. */
  inContainer(container: string, cli?: string): Hubkeep;
  close(): Promise<void>;
}

export interface Hubkeep {
  start(args: readonly string[], settings?: Settings): Started;
  run(args: readonly string[], settings?: Settings): Promise<Ended>;
  /** Runs with `--json`; the document on stdout and how it ended. */
  json(args: readonly string[], settings?: Settings): Promise<Ended & { readonly document: ReturnType<typeof JSON.parse> }>;
  readonly store: BlobStore;
}

export async function openStage({ files = 1200, smb = false }: { files?: number; smb?: boolean } = {}): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-e2e-'));
  const written = join(directory, 'written');
  mkdirSync(written);
  const onBackup = (file: string) => copyFileSync(file, join(written, basename(file)));
  const sandbox = await startSandbox({ directory: join(directory, 'sandbox'), files, smb, onBackup, azureStackHub: asStamp });
  return {
    sandbox,
    written,
    path: (name) => join(directory, name),
    inContainer: (container, cli = compiled) => hubkeepIn(sandbox, { container, cli }),
    async close() {
      await sandbox.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function hubkeepIn({ envFile, azurite }: Sandbox, { container, cli }: { container: string; cli: string }): Hubkeep {
  function start(args: readonly string[], settings: Settings = {}): Started {
    const [command = '', ...rest] = args;
    // What this machine has set must not reach the program.
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], BACKUP_CONTAINER: container, ...settings };
    const child = spawn(process.execPath, ['--', cli, command, '--env-file', envFile, ...rest], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: collect(child) };
  }
  const run: Hubkeep['run'] = (args, settings) => start(args, settings).ended;
  return {
    start,
    run,
    async json(args, settings) {
      const ended = await run([...args, '--json'], settings);
      return { ...ended, document: JSON.parse(ended.stdout) };
    },
    store: createAzureBlobStore(azurite, container),
  };
}

function collect(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

export async function keysIn(store: BlobStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** Looks again until there is something to see. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

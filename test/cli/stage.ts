import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import type { BlobStore } from '../../src/ports/blob-store';
import { startTestStorage } from '../support/test-stamp';

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout read as the one JSON document it has to be. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it holds is what a test asserts
  json(): any;
}

export interface Stage {
  readonly work: string;
  readonly share: string;
  /** Runs the CLI with the stage's settings. */
  hubkeep(...args: string[]): Promise<Answer>;
  /** The same with settings over those of the stage; an empty one is unset. */
  hubkeepWith(settings: Readonly<Record<string, string>>, ...args: string[]): Promise<Answer>;
  /** The same with something on stdin. */
  hubkeepReading(input: string, ...args: string[]): Promise<Answer>;
  /** The container that the settings name. */
  store(container?: string): BlobStore;
  close(): Promise<void>;
}

/** Azurite, a small share and the CLI as a process of its own. */
export async function openStage(): Promise<Stage> {
  const work = mkdtempSync(join(tmpdir(), 'hubkeep-cli-'));
  const share = join(work, 'share');
  makeShare(share);
  const storage = await startTestStorage(join(work, 'azurite'));
  const envFile = join(work, 'hubkeep.env');
  const settings = {
    ...storage.settings,
    FILE_SHARE_PATH: share,
    BACKUP_COMPONENTS: 'fileshare',
  };
  const text = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(envFile, text.join(''));
  const hubkeepWith: Stage['hubkeepWith'] = (over, ...args) => run(over, [...args, '--env-file', envFile]);
  return {
    work,
    share,
    hubkeepWith,
    hubkeep: (...args) => hubkeepWith({}, ...args),
    hubkeepReading: (input, ...args) => run({}, [...args, '--env-file', envFile], input),
    store: (container = 'hubkeep') => createAzureBlobStore(storage.direct, container),
    async close() {
      await storage.close();
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** Runs the CLI with these settings and no others. Node looks for an --env-file of its own in all that does not follow a `--`. */
export async function run(settings: Readonly<Record<string, string>>, args: readonly string[], input = ''): Promise<Answer> {
  const main = require.resolve('../../src/cli/main');
  const child = spawn(process.execPath, ['--', main, ...args], { env: settings, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined).end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr, json: () => JSON.parse(stdout) };
}

function makeShare(root: string): void {
  for (let site = 0; site < 3; site++) {
    const folder = join(root, `site${site}`, 'wwwroot', 'bin');
    mkdirSync(folder, { recursive: true });
    for (let file = 0; file < 40; file++)
      writeFileSync(join(folder, `module-${file}.js`), `module ${site} ${file} `.repeat(50 + file * 20));
    writeFileSync(join(root, `site${site}`, 'wwwroot', 'web.config'), '<configuration/>\n');
  }
  mkdirSync(join(root, 'site0', 'empty', 'below'), { recursive: true });
  writeFileSync(join(root, 'site1', 'nothing.txt'), '');
  writeFileSync(join(root, 'site1', 'große Datei – ünïcode.txt'), 'ü');
  writeFileSync(join(root, 'site1', 'large.bin'), Buffer.alloc(9 * 1024 * 1024, 'large content '));
  writeFileSync(join(root, 'site2', 'larger.bin'), Buffer.alloc(17 * 1024 * 1024, 'larger content '));
  symlinkSync('../site0/wwwroot', join(root, 'site2', 'link'));
  // Old enough not to be read again by the next backup, however soon that is.
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), 1_600_000_000, 1_600_000_000);
  }
  utimesSync(join(root, 'site0', 'empty'), 1_500_000_000.123, 1_500_000_000.123);
  utimesSync(join(root, 'site1', 'nothing.txt'), 1_400_000_000.987, 1_400_000_000.987);
}

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asRoot, spawnAsRoot } from './as-root';

export const smbd = '/usr/sbin/smbd';
const user = 'hubkeep-smb';
const defaultPassword = 'Pässw0rd "of" $mb';
export const workgroup = 'HUBKEEPTEST';

/** Where nobody can be asked to install Samba, what needs it is left out; continuous integration has no such excuse. */
export const hasSamba = existsSync(smbd) || process.env['CI'] === 'true';

export interface SmbServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Adds to the global part of the configuration of further connections. */
  configure(lines: readonly string[]): void;
  /** Processes that serve one connection each. */
  workers(): number[];
  signal(pid: number, signal: 'KILL' | 'STOP' | 'CONT'): void;
  /** Lets another account in, with the same password. */
  addUser(name: string): void;
  stop(): Promise<void>;
}

export interface SmbServerOptions {
  /** What the share `files` shows. */
  readonly directory: string;
  /** Of the account; one that programs tend to get wrong unless given. */
  readonly password?: string;
  /** Lines of the global part of smb.conf. */
  readonly global?: readonly string[];
  /** Lines of the share. */
  readonly share?: readonly string[];
  /** More shares. */
  readonly further?: readonly SmbShareDefinition[];
}

export interface SmbShareDefinition {
  readonly name: string;
  readonly directory: string;
  /** Whether the account may write and delete there. */
  readonly writable?: boolean;
  readonly lines?: readonly string[];
}

/**
 * Debian's smbd on a free port of the loopback, with a configuration and accounts of its own. It ends with this process, however
 * that ends: it runs in the foreground and looks at its stdin.
 */
export async function startSmbServer(options: SmbServerOptions): Promise<SmbServer> {
  const { directory, password = defaultPassword, global = [], share = [], further = [] } = options;
  const home = mkdtempSync(join(tmpdir(), 'hubkeep-smbd-'));
  chmodSync(home, 0o755);
  for (const name of ['lock', 'state', 'cache', 'private', 'pid', 'ncalrpc']) mkdirSync(join(home, name), { mode: 0o755 });
  const port = await freePort();
  const config = join(home, 'smb.conf');
  const more = join(home, 'more.conf');
  writeFileSync(more, lines(global));
  writeFileSync(config, configuration({ home, port, more, shares: [{ name: 'files', directory, lines: share }, ...further] }));
  const addUser = (name: string) => addAccount(config, { name, password });
  addUser(user);

  const server = spawnAsRoot(smbd, ['-F', '--no-process-group', '-s', config], join(home, 'smbd.log'));
  const ended = once(server, 'exit');
  await untilListening(port, () => server.exitCode === null).catch((error: unknown) => {
    throw new Error(`smbd did not start: ${readFileSync(join(home, 'smbd.log'), 'utf8')}`, { cause: error });
  });
  const main = Number(readFileSync(join(home, 'pid', 'smbd.pid'), 'utf8'));
  await sleep(100);
  const helpers = new Set(childrenOf(main));

  return {
    port,
    user,
    password,
    configure: (extra) => writeFileSync(more, lines([...global, ...extra])),
    workers: () => childrenOf(main).filter((pid) => !helpers.has(pid)),
    signal: signalIfThere,
    addUser,
    async stop() {
      const pids = [main, ...childrenOf(main)].map(String);
      asRoot('sh', ['-c', 'kill -KILL "$@" 2>/dev/null || true', 'kill', ...pids]);
      server.stdin?.end();
      if (server.exitCode === null && server.signalCode === null) await ended;
      while (pids.some((pid) => existsSync(`/proc/${pid}`))) await sleep(10);
      asRoot('rm', ['-rf', home]);
    },
  };
}

interface Configuration {
  readonly home: string;
  readonly port: number;
  /** A file with more lines of the global part. */
  readonly more: string;
  readonly shares: readonly SmbShareDefinition[];
}

function configuration({ home, port, more, shares }: Configuration): string {
  const place = (name: string) => join(home, name);
  return [
    '[global]',
    ...lines([
      `workgroup = ${workgroup}`,
      'server role = standalone server',
      'netbios name = HUBKEEPSMB',
      'disable netbios = yes',
      `smb ports = ${port}`,
      'bind interfaces only = yes',
      'interfaces = 127.0.0.1/8',
      `lock directory = ${place('lock')}`,
      `state directory = ${place('state')}`,
      `cache directory = ${place('cache')}`,
      `private dir = ${place('private')}`,
      `pid directory = ${place('pid')}`,
      `ncalrpc dir = ${place('ncalrpc')}`,
      `log file = ${place('smbd.log')}`,
      'log level = 1',
      'load printers = no',
      'printing = bsd',
      'printcap name = /dev/null',
      'disable spoolss = yes',
      'server min protocol = SMB2_02',
      'ntlm auth = ntlmv2-only',
      'map to guest = never',
      'unix charset = UTF-8',
      `include = ${more}`,
    ]).split('\n'),
    ...shares.flatMap(({ name, directory, writable = false, lines: own = [] }) => [
      `[${name}]`,
      ...lines([`path = ${directory}`, `read only = ${writable ? 'no' : 'yes'}`, ...own]).split('\n'),
    ]),
  ].join('\n');
}

/** A worker may have ended since it was listed. */
function signalIfThere(pid: number, signal: string): void {
  try {
    asRoot('kill', [`-${signal}`, String(pid)]);
  } catch (error) {
    if (existsSync(`/proc/${pid}`)) throw error;
  }
}

function lines(settings: readonly string[]): string {
  return settings.map((setting) => `  ${setting}\n`).join('');
}

function addAccount(config: string, { name, password }: { readonly name: string; readonly password: string }): void {
  if (spawnSync('id', ['-u', name]).status !== 0) asRoot('useradd', ['-M', '-s', '/usr/sbin/nologin', name]);
  asRoot('smbpasswd', ['-c', config, '-s', '-a', name], `${password}\n${password}\n`);
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilListening(port: number, isAlive: () => boolean): Promise<void> {
  for (let left = 200; left > 0; left--) {
    if (!isAlive()) throw new Error('it has ended');
    const socket = connect(port, '127.0.0.1');
    const answered = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answered) return;
    await sleep(50);
  }
  throw new Error('nothing listens');
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface AzuriteOptions {
  /** Where it keeps its data; made when missing, reused when not. */
  readonly directory: string;
  /** A free port unless given. */
  readonly blobPort?: number;
  /** Serves HTTPS with these files, and then takes tokens of an identity too: it looks at their claims, not at who signed them. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Refuses versions it does not know, as a stamp does; the storage SDK's own is newer than Azurite. */
  readonly checkApiVersion?: boolean;
}

export interface Azurite {
  readonly connectionString: string;
  readonly blobPort: number;
  /** Stops it; the data stays. */
  close(): Promise<void>;
}

/** Azurite's public development account; it protects nothing. */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Starts Azurite's blob service on 127.0.0.1 in a child process that ends with this one. Killing Azurite itself with
 * SIGKILL loses its index of the last seconds.
 *
 * What Azurite lacks beside the real services: immutability, versions, soft delete, limits per API version, throttling,
 * roles. It ignores which API version is spoken.
 */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  await mkdir(options.directory, { recursive: true });
  const child = fork(require.resolve('azurite/dist/src/blob/main.js'), flagsOf(options), {
    execArgv: ['--require', join(__dirname, 'exit-with-parent.js')],
    silent: true,
    // Out of this process group: Ctrl-C must not stop it before a run in progress has ended.
    detached: true,
  });
  const blobPort = await listeningPort(child);
  // Nothing more is read from it: a full pipe must not stop it.
  child.stdout?.resume();
  child.stderr?.resume();
  release(child);
  const blobEndpoint = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${blobPort}/${account}`;
  return {
    connectionString: `DefaultEndpointsProtocol=${options.tls === undefined ? 'http' : 'https'};AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${blobEndpoint};`,
    blobPort,
    close: () => stop(child),
  };
}

function flagsOf({ directory, blobPort = 0, checkApiVersion = false, tls }: AzuriteOptions): string[] {
  const version = checkApiVersion ? [] : ['--skipApiVersionCheck'];
  const place = ['--location', directory, '--blobHost', '127.0.0.1', '--blobPort', String(blobPort)];
  const secure = tls === undefined ? [] : ['--cert', tls.certFile, '--key', tls.keyFile, '--oauth', 'basic'];
  return ['--silent', '--disableTelemetry', ...version, ...place, ...secure];
}

/** Azurite prints its address once it accepts connections. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
  for await (const line of createInterface({ input: child.stdout! })) {
    said.push(line);
    const port = /successfully listens on \S+:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`Azurite did not start: ${said.join('\n')}`);
}

/** A parent with nothing else to do may end; the child notices. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref?(): void } | null)?.unref?.();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  // It writes its index when it closes, and a request that never ends would keep it from closing.
  const impatience = setTimeout(() => child.kill('SIGKILL'), 3000);
  await exit;
  clearTimeout(impatience);
}

import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import type { Hubkeep } from '../compose';
import type { Config } from '../config/config';
import { HubkeepError } from '../errors/hubkeep-error';
import { nextSlotAfter } from '../triggers/nightly-slot';
import type { EmbeddedEngine } from '../workflow/embedded';
import { withCommonOptions, type Act } from './act';
import { createEmbeddedRuns } from './embedded-runs';
import { exitCodes, type ExitCode } from './exit-codes';
import { formatInstant } from './format';
import { openHubkeep } from './open-hubkeep';
import { stopOnSignal } from './stop-on-signal';
import type { CommonOptions, Terminal } from './terminal';

const late = {
  /** Every other command would wait for a web server it does not need. */
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() has no counterpart in the tests' module loader
  server: () => require('./start-server') as typeof import('./start-server'),
};

interface ServeOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
}

const usualPort = 8200;
const loopback = /^(localhost|127(\.\d+){3}|::1)$/;

export function addServeCommand(program: Command, act: Act) {
  withCommonOptions(program.command('serve').description('serve the HTTP API and the status page, and back up every night'))
    .option('--port <number>', 'port to listen on; 0 takes a free one', parsePort, usualPort)
    .option('--host <address>', 'address to listen on; any but this machine needs SERVE_TLS_CERT and SERVE_TLS_KEY', '127.0.0.1')
    .action((options: ServeOptions) => act(options, (terminal) => serve(terminal, options)));
}

async function serve(terminal: Terminal, options: ServeOptions): Promise<ExitCode> {
  // Nobody watches a server: its log is all there is to look at afterwards.
  const hubkeep = openHubkeep({ ...terminal, verbose: true }, { ...options, sources: true });
  const { host, port } = options;
  const access = accessFor(hubkeep.config, host);
  const { engine } = createEmbeddedRuns(hubkeep);
  const server = await late.server().startServer({ hubkeep, engine, host, port, ...access });
  terminal.print(`listening on ${server.url}; the status page is ${server.url}/api/dashboard?code=<value of SERVE_API_KEY>`);
  terminal.print(nextRunOf(hubkeep));
  terminal.print(nextDrillOf(hubkeep));
  terminal.printJson({ url: server.url });

  await new Promise<void>((resolve) => stopOnSignal(hubkeep.clock, resolve));
  // A terminal has written ^C where the cursor stood.
  terminal.note(`${terminal.isWatched ? '\n' : ''}stopping; once more ends it at once`);
  await server.close();
  await stopRun(hubkeep, engine);
  return exitCodes.done;
}

function nextRunOf({ config: { schedule }, clock }: Hubkeep): string {
  const next = nextSlotAfter(schedule, clock.now());
  return next === undefined ? 'no run is scheduled' : `the next scheduled run starts ${formatInstant(next)} UTC`;
}

function nextDrillOf({ config: { drill }, clock }: Hubkeep): string {
  const next = drill.schedule === undefined ? undefined : nextSlotAfter(drill.schedule, clock.now());
  return next === undefined ? 'no drill is scheduled' : `the next drill starts ${formatInstant(next)} UTC`;
}

/** What callers must prove, and how they may come. Throws `config.invalid`. */
function accessFor({ serve: { apiKey, tls } }: Config, host: string) {
  if (apiKey === undefined) {
    throw new HubkeepError(
      'config.invalid',
      'SERVE_API_KEY is not set, and without it anybody on this machine could start backups',
      {
        hint: 'Set it to a random text of at least 16 characters.',
      },
    );
  }
  if (tls !== undefined)
    return { apiKey, tls: { cert: readPem('SERVE_TLS_CERT', tls.certFile), key: readPem('SERVE_TLS_KEY', tls.keyFile) } };
  if (loopback.test(host)) return { apiKey };
  throw new HubkeepError(
    'config.invalid',
    `SERVE_TLS_CERT and SERVE_TLS_KEY are not set, and on ${host} the key would travel in clear`,
    {
      hint: 'Set both, or leave --host out to serve this machine alone.',
    },
  );
}

function readPem(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new HubkeepError('config.invalid', `${setting}: cannot read ${file} (${why})`, { cause });
  }
}

/** A run ends with this process, and so does a restore: it is asked to, so that it says so itself. */
async function stopRun({ lock, summaries, restores, clock }: Hubkeep, engine: EmbeddedEngine) {
  const kinds = [
    { lock, records: summaries },
    { lock: restores.lock, records: restores.records },
  ];
  for (const { lock: held, records } of kinds) {
    const runId = await held.holder();
    if (runId === undefined || (await engine.status(runId)) === undefined) continue;
    await records.requestCancel(runId, clock.now());
    await engine.wait(runId);
  }
}

function parsePort(written: string): number {
  const port = Number(written);
  if (/^\d{1,5}$/.test(written) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

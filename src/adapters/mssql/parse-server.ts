import { HubkeepError } from '../../errors/hubkeep-error';

export interface ServerAddress {
  readonly host: string;
  readonly port?: number;
  readonly instance?: string;
}

/** Reads `host`, `host,port`, `host:port`, `host\instance` and `[ipv6]:port`; `tcp:` before any of them is dropped. */
export function parseServer(server: string): ServerAddress {
  const text = server.trim().replace(/^tcp:/i, '');
  const withPort = /^(\[[^\]]+\]|[^,:\\]+)\s*[,:]\s*(\d{1,5})$/.exec(text);
  if (withPort !== null) return { host: plainHost(withPort[1] ?? ''), port: portOf(withPort[2] ?? '', server) };
  const withInstance = /^([^,:\\]+)\\([^,:\\]+)$/.exec(text);
  if (withInstance !== null) return { host: localHost(withInstance[1] ?? ''), instance: withInstance[2] ?? '' };
  if (text === '' || /[,\\\s]/.test(text)) throw invalid(server);
  return { host: plainHost(text) };
}

function portOf(text: string, server: string): number {
  const port = Number(text);
  if (port < 1 || port > 65535) throw invalid(server);
  return port;
}

function plainHost(host: string): string {
  return localHost(host.trim().replace(/^\[|\]$/g, ''));
}

/** SQL Server tools accept a dot and `(local)` for this machine. */
function localHost(host: string): string {
  return host === '.' || host.toLowerCase() === '(local)' ? 'localhost' : host;
}

function invalid(server: string): HubkeepError {
  return new HubkeepError('config.invalid', `${JSON.stringify(server)} is not a SQL Server address`, {
    hint: 'Each entry of SQL_SERVERS is host, host:port or host\\instance.',
  });
}

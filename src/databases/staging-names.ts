import { createHash } from 'node:crypto';
import { stripeSuffix } from '../repository/layout';
import { safeName } from '../repository/safe-name';

const pattern = /^hubkeep-(\d{8}T\d{6}Z-[0-9a-f]{4})-(.+)-([0-9a-f]{4})[0-9a-f]{4}\.bak(?:\.\d{2})?$/;

interface StagedJob {
  readonly runId: string;
  readonly server: string;
  readonly database: string;
  /** Four random hex: two attempts never write the same file. */
  readonly attempt: string;
  readonly stripes: number;
}

/** One for each stripe, in their order. The first is also the name of the backup set. */
export function stagingNames({ runId, server, database, attempt, stripes }: StagedJob): string[] {
  const first = `hubkeep-${runId}-${safeName(database)}-${serverMark(server)}${attempt}.bak`;
  return Array.from({ length: stripes }, (_, stripe) => first + stripeSuffix(stripe));
}

/** Tells servers apart whose files lie in one directory. */
export function serverMark(server: string): string {
  return createHash('sha256').update(server.toLowerCase()).digest('hex').slice(0, 4);
}

export interface StagedFor {
  readonly runId: string;
  readonly slug: string;
  /** As `serverMark` gives it. */
  readonly mark: string;
}

/** The run, database and server a file was staged for; undefined for files that are not ours. */
export function parseStagingName(name: string): StagedFor | undefined {
  const [, runId, slug, mark] = pattern.exec(name) ?? [];
  return runId === undefined || slug === undefined || mark === undefined ? undefined : { runId, slug, mark };
}

/** Joins in the style of the directory: SQL Server may run on another system than Hubkeep. */
export function joinStagingPath(directory: string, name: string): string {
  const separator = directory.includes('\\') || /^[a-z]:/i.test(directory) ? '\\' : '/';
  return directory.endsWith(separator) ? `${directory}${name}` : `${directory}${separator}${name}`;
}

/** Fills `{server}` with the host of a server address: without port, without instance, without the brackets of IPv6. */
export function fillServerPlaceholder(directory: string, server: string): string {
  const address = server.trim().replace(/^tcp:/i, '');
  const [, literal, host = ''] = /^(?:\[([^\]]*)\]|([^,:\\/]*))/.exec(address) ?? [];
  return directory.replaceAll('{server}', () => literal ?? host);
}

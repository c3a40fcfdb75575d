import { stripeSuffix } from '../repository/layout';
import { safeName } from './safe-name';

const pattern = /^hubkeep-(\d{8}T\d{6}Z-[0-9a-f]{4})-(.+)-[0-9a-f]{4}\.bak(?:\.\d{2})?$/;

interface StagedJob {
  readonly runId: string;
  readonly database: string;
  /** Four random hex: two attempts never write the same file. */
  readonly attempt: string;
  readonly stripes: number;
}

/** One for each stripe, in their order. The first is also the name of the backup set. */
export function stagingNames({ runId, database, attempt, stripes }: StagedJob): string[] {
  const first = `hubkeep-${runId}-${safeName(database)}-${attempt}.bak`;
  return Array.from({ length: stripes }, (_, stripe) => first + stripeSuffix(stripe));
}

/** The run and database a file was staged for; undefined for files that are not ours. */
export function parseStagingName(name: string): { readonly runId: string; readonly slug: string } | undefined {
  const [, runId, slug] = pattern.exec(name) ?? [];
  return runId === undefined || slug === undefined ? undefined : { runId, slug };
}

/** Joins in the style of the directory: SQL Server may run on another system than Hubkeep. */
export function joinStagingPath(directory: string, name: string): string {
  const separator = directory.includes('\\') || /^[a-z]:/i.test(directory) ? '\\' : '/';
  return directory.endsWith(separator) ? `${directory}${name}` : `${directory}${separator}${name}`;
}

/** Fills `{server}` with the host of a server address: without port, without instance. */
export function fillServerPlaceholder(directory: string, server: string): string {
  const host =
    server
      .trim()
      .replace(/^tcp:/i, '')
      .split(/[,:\\/]/)[0] ?? '';
  return directory.replaceAll('{server}', host);
}

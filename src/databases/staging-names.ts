import { safeName } from './safe-name';

const pattern = /^hubkeep-(\d{8}T\d{6}Z-[0-9a-f]{4})-(.+)-[0-9a-f]{4}\.bak$/;

/** `attempt` is four random hex: two attempts never write the same file. Also the name of the backup set. */
export function stagingName(runId: string, database: string, attempt: string): string {
  return `hubkeep-${runId}-${safeName(database)}-${attempt}.bak`;
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

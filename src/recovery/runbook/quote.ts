import { isPlain } from './text';

/** Stands in a command for a value that cannot stand there safely; the reader finds the value itself in the facts. */
export const unwritable = '<a name that cannot be typed: see the record>';

/** One word of a Bourne shell. What would not stay on one line is not written into a command at all. */
export function bash(value: string): string {
  const word = isPlain(value) ? value : unwritable;
  return /^[\w./:@%+=][\w./:@%+=,-]*$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A PowerShell string: typographic quotes end one as the plain quote does, and a double quote would not reach a program whole. */
export function powershell(value: string): string {
  const word = isPlain(value) && !value.includes('"') ? value : unwritable;
  return `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** The same for a path: a program takes a backslash before the closing quote for a part of it. */
export function powershellPath(path: string): string {
  return powershell(path.replace(/(?<=[^\\:])\\+$/, ''));
}

/** A line of a list that `sha256sum -c` reads. Nothing for what would be more than one line. */
export function digestLine(sha256: string, path: string): string | undefined {
  return /^[0-9a-f]{64}$/.test(sha256) && isPlain(path) ? `${sha256}  ${path}` : undefined;
}

/** What sqlcmd takes for `host:port`. */
export function sqlcmdServer(server: string): string {
  return server.replace(/:(\d+)$/, ',$1');
}

/** Joins a path as the system that reads it writes it. */
export function pathBelow(directory: string, ...names: readonly string[]): string {
  const separator = directory.startsWith('/') ? '/' : '\\';
  return [directory.replace(/(?<=.)[\\/]+$/, ''), ...names].join(separator);
}

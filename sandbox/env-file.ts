import { renameSync, writeFileSync } from 'node:fs';

/**
 * Writes settings as `--env-file` reads them, one `NAME=value` a line, readable by the owner only. Values stand bare
 * where they can, so that Docker, systemd and simple readers understand the file as well.
 */
export function writeEnvFile(file: string, settings: Readonly<Record<string, string>>): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${written(value)}\n`);
  writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function written(value: string): string {
  if (/^[^\s#'"`]+$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((candidate) => !value.includes(candidate));
  if (quote === undefined || /[\r\n]/.test(value))
    throw new Error('A setting with all three quotes or a line break cannot be written');
  return `${quote}${value}${quote}`;
}

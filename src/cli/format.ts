import { bytesInWords, countInWords } from '../contracts/words';

/** `1.5 MiB` */
export const formatBytes = bytesInWords;

/** `1,234` */
export function formatCount(count: number): string {
  return countInWords(Math.round(count));
}

/** `1,234 files`, `1 file` */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `3 h 05 min`, `4 min 10 s`, `12 s` */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return minutes > 0 ? `${minutes} min ${String(seconds % 60).padStart(2, '0')} s` : `${seconds} s`;
}

export function formatSpan(from: string, to: string): string {
  return formatDuration(Date.parse(to) - Date.parse(from));
}

/** `2026-11-22 23:42`, UTC */
export function formatInstant(instant: string | Date): string {
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
}

/** Columns wide enough for what is in them, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function indent(text: string, by = '  '): string {
  return text.replace(/^/gm, by);
}

/** `2.70 s` */
export function seconds(value: number): string {
  return `${value.toFixed(value < 100 ? 2 : 0)} s`;
}

/** Of 1,000,000 bytes: `108.3 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e9 ? 1 : 0)} MB`;
}

export function ratio(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** `80,123` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A run's id, `20261122T020000Z-7f3a`: UTC start and four hex digits. Also the orchestration's instance id and the point's id. */
export function runIdOf(startedAt: Date, suffix: string): string {
  const stamp = startedAt
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d{3}/, '');
  return `${stamp}-${suffix.slice(0, 4)}`;
}

const runIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

export function isRunId(text: string): boolean {
  return runIdPattern.test(text);
}

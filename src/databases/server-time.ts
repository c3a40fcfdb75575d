/** SQL Server keeps its local time, which the client reads as if it were UTC. */
export function toUtc(local: unknown, offsetMinutes: number): string {
  if (!(local instanceof Date)) throw new TypeError('The server sent no date');
  return new Date(local.getTime() - offsetMinutes * 60_000).toISOString();
}

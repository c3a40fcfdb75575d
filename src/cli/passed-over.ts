import type { Component } from '../contracts/components';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { hasSomeOf, type RecoveryPoints } from '../repository/recovery-points';
import { plural } from './format';
import type { Terminal } from './terminal';

export interface PassedOverOptions {
  readonly points: RecoveryPoints;
  /** The one that was taken. */
  readonly point: RecoveryPoint;
  readonly wanted: readonly Component[];
}

/** Says how many newer points `latest` did not mean, and why: what is restored may be older than somebody thinks. */
export async function tellPassedOver(terminal: Terminal, { points, point, wanted }: PassedOverOptions): Promise<void> {
  const lacked = new Set<Component>();
  let lacking = 0;
  let suspect = 0;
  for await (const { point: newer } of points.newestFirst()) {
    if (newer.id === point.id) break;
    const missing = wanted.filter((component) => !hasSomeOf(newer, component));
    for (const component of missing) lacked.add(component);
    if (missing.length > 0) lacking += 1;
    else suspect += 1;
  }
  const what = wanted.filter((component) => lacked.has(component)).join(' or ');
  if (lacking > 0) terminal.note(`passed over ${plural(lacking, 'newer point')} that ${verb(lacking, 'lack')} ${what}`);
  if (suspect > 0) terminal.note(`passed over ${plural(suspect, 'newer point')} marked as suspect`);
}

function verb(count: number, plain: string): string {
  return count === 1 ? `${plain}s` : plain;
}

import type { Finding } from '../contracts/verification';

/** What can be told from something else, or, of a vault, may only not answer from here. */
const harmless: readonly Finding['code'][] = [
  'record.digest',
  'mark.changed',
  'header.unreadable',
  'header.other',
  'chain.gap',
  'secrets.unreadable',
];

/** True when a restore of the points that are named would not give back all they recorded. */
export function costsRestore({ code, notNeeded }: Finding): boolean {
  return notNeeded !== true && !harmless.includes(code);
}

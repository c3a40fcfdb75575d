import type { Timestamp } from '../ports/file-source';

const perSecond = 1_000_000_000n;

/** Decimal seconds with the sign in front, as pax headers write them. */
export function timestamp(ns: bigint): Timestamp {
  const magnitude = ns < 0n ? -ns : ns;
  const fraction = (magnitude % perSecond).toString().padStart(9, '0');
  return `${ns < 0n ? '-' : ''}${magnitude / perSecond}.${fraction}`;
}

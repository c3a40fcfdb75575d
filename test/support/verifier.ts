import { createSystemClock } from '../../src/adapters/system-clock';
import { inspectBak } from '../../src/databases/tape/inspect-bak';
import { inStore } from '../../src/databases/tape/random-access';
import type { BlobStore } from '../../src/ports/blob-store';
import type { Clock } from '../../src/ports/clock';
import { createVerifier } from '../../src/recovery/verify/verify';

interface VerifierChanges {
  readonly clock?: Clock;
  readonly boxMs?: number;
}

/** A verifier without a vault to ask. */
export function verifierOf(store: BlobStore, { clock = createSystemClock(), boxMs = 60_000 }: VerifierChanges = {}) {
  return createVerifier({ store, clock, boxMs, inspect: async (key) => inspectBak(await inStore(store, key)) });
}

/** Every byte of the points when `share` is 1. */
export async function verifyAt(store: BlobStore, target: string, share: number) {
  const verifier = verifierOf(store);
  return verifier.verify({ target: await verifier.resolve(target), share, since: new Date().toISOString() });
}

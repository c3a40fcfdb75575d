/** The part of the composition that looks after what is stored. */
import { inspectBak } from './databases/tape/inspect-bak';
import { inStore } from './databases/tape/random-access';
import type { BlobStore } from './ports/blob-store';
import type { Clock } from './ports/clock';
import type { SecretVault } from './ports/secret-vault';
import { createVerifier, type Verifier } from './recovery/verify/verify';
import { restoreSystemSecrets } from './secrets/restore-system-secrets';

export interface RecoveryParts {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly vault: SecretVault | undefined;
}

/** How long blobs are read before what was found is noted; any Functions plan allows it. */
const boxMs = 4 * 60_000;

export function openVerifier({ store, clock, vault }: RecoveryParts): Verifier {
  return createVerifier({
    ...{ store, clock, boxMs },
    inspect: async (key) => inspectBak(await inStore(store, key)),
    readSecrets: vault && ((custody) => restoreSystemSecrets(vault, custody)),
  });
}

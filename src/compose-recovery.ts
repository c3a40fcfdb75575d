/** The part of the composition that looks after what is stored. */
import type { Config } from './config/config';
import * as byHand from './databases/by-hand/statements';
import { inspectBak } from './databases/tape/inspect-bak';
import { inStore } from './databases/tape/random-access';
import type { BlobStore } from './ports/blob-store';
import type { Clock } from './ports/clock';
import type { SecretVault } from './ports/secret-vault';
import { createRunbooks, type Runbooks } from './recovery/runbook/runbooks';
import { stampDomainOf } from './recovery/runbook/survival';
import { createVerifier, type Verifier } from './recovery/verify/verify';
import { keyVaultCommand } from './secrets/key-vault-command';
import { restoreSystemSecrets } from './secrets/restore-system-secrets';
import { runbookPage } from './web/runbook-page';

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

/** @param store address of the container, without credential. */
export function openRunbooks({ storage: { container }, secrets, stamp }: Config, store: string): Runbooks {
  const stampDomain = stamp?.domain ?? stampDomainOf(secrets?.rotationWatch?.url);
  return createRunbooks(
    { store, container, vault: secrets?.vaultUrl, stampDomain },
    { sql: byHand, keyVaultCommand, page: runbookPage },
  );
}

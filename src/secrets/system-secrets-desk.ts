import { randomBytes } from 'node:crypto';
import type { Warning } from '../contracts/outcome';
import type { SecretsCustody } from '../contracts/secrets-custody';
import type { SystemSecretsStatus } from '../contracts/system-secrets-status';
import type { Clock } from '../ports/clock';
import { ageInDays, ageWarnings } from './age-warning';
import type { Way } from './content-tags';
import type { SystemSecretsStore } from './store-system-secrets';

export interface HandedOver {
  readonly content: Uint8Array;
  /** For messages: the path, or where else it came from. */
  readonly source: string;
  readonly way: Exclude<Way, 'drop-file'>;
}

/** Where somebody hands over SystemSecrets.JSON, or asks for it; outside of any run. */
export interface SystemSecretsDesk {
  /** Throws what the store throws. `stored` of the answer is true when this call added a version. */
  put(file: HandedOver): Promise<SecretsCustody>;
  /** Never the content. Throws `vault.mismatch` and what the vault throws. */
  status(): Promise<SystemSecretsStatus & { readonly warnings: Warning[] }>;
}

export interface SystemSecretsDeskDeps {
  readonly store: SystemSecretsStore;
  readonly clock: Clock;
  readonly maxAgeDays: number;
}

export function createSystemSecretsDesk({ store, clock, maxAgeDays }: SystemSecretsDeskDeps): SystemSecretsDesk {
  return {
    put: (file) => store.store({ ...file, runId: `${file.way}-${randomBytes(8).toString('hex')}` }),
    async status() {
      const custody = await store.current();
      if (custody === undefined) return { stored: false, maxAgeDays, stale: false, warnings: [] };
      const { vault, name, version, parts = [], size, capturedAt, confirmedAt } = custody;
      const now = clock.now();
      const warnings = ageWarnings(custody, { now, maxAgeDays });
      return {
        ...{ stored: true, vault, name, version, size, capturedAt, maxAgeDays, warnings },
        ...(parts.length === 0 ? {} : { parts: parts.length }),
        ...(confirmedAt === undefined ? {} : { confirmedAt }),
        ageDays: ageInDays(custody, now),
        stale: warnings.length > 0,
      };
    },
  };
}

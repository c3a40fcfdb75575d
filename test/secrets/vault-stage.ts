import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createCertificateAuthority, localNames, type ServerCertificate } from '../../sandbox/certificates';
import { startIdentity, type Identity } from '../../sandbox/identity/start-identity';
import { createVaultFaults, type VaultFaults } from '../../sandbox/key-vault/faults';
import { startKeyVault, type KeyVault, type KeyVaultOptions as DoubleOptions } from '../../sandbox/key-vault/start-key-vault';
import { createCredential } from '../../src/adapters/azure-identity/create-credential';
import { trustExtraCa } from '../../src/adapters/extra-ca';
import { createKeyVault, type KeyVaultOptions } from '../../src/adapters/key-vault/key-vault';
import type { Clock } from '../../src/ports/clock';
import type { SecretVault } from '../../src/ports/secret-vault';

/** A clock that is moved by hand: sleeping only advances it. */
export interface HandClock extends Clock {
  readonly slept: number[];
  advance(milliseconds: number): void;
}

export function createHandClock(start = '2026-11-22T02:00:00.000Z'): HandClock {
  let now = Date.parse(start);
  const slept: number[] = [];
  const advance = (milliseconds: number): void => {
    now += milliseconds;
  };
  return {
    slept,
    advance,
    now: () => new Date(now),
    async sleep(milliseconds) {
      slept.push(milliseconds);
      advance(milliseconds);
    },
  };
}

/** A vault and its token endpoint over TLS, reached as the product reaches the real ones. */
export interface VaultStage {
  readonly directory: string;
  readonly tls: ServerCertificate;
  readonly identity: Identity;
  readonly server: KeyVault;
  readonly faults: VaultFaults;
  readonly clock: HandClock;
  readonly vault: SecretVault;
  /** Another client of the same vault, signing in anew. */
  connect(options?: Partial<KeyVaultOptions>): SecretVault;
  close(): Promise<void>;
}

export const sandboxClient = {
  tenantId: '5f2e1c1a-0000-4000-8000-000000000001',
  clientId: '5f2e1c1a-0000-4000-8000-000000000002',
  clientSecret: 'client-secret-of-the-sandbox',
};

export async function openVaultStage(options: Partial<DoubleOptions> = {}): Promise<VaultStage> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'hubkeep-vault-'));
  const authority = createCertificateAuthority();
  const caFile = path.join(directory, 'ca.pem');
  writeFileSync(caFile, authority.caPem);
  trustExtraCa(caFile);

  const tls = authority.issue(localNames);
  const identity = await startIdentity({ tls, clients: [sandboxClient] });
  const faults = createVaultFaults();
  const server = await startKeyVault({ directory, tls, identity, faults, ...options });
  signInAs(identity.url, sandboxClient);

  const clock = createHandClock();
  const connect = (changes: Partial<KeyVaultOptions> = {}): SecretVault =>
    createKeyVault({
      url: server.url,
      credential: createCredential({ instanceDiscovery: false }),
      clock,
      verifyChallenge: false,
      ...changes,
    });
  return {
    directory,
    tls,
    identity,
    server,
    faults,
    clock,
    vault: connect(),
    connect,
    async close() {
      await Promise.all([server.close(), identity.close()]);
      rmSync(directory, { recursive: true });
    },
  };
}

/** What `DefaultAzureCredential` reads from its surroundings. */
export function signInAs(authorityHost: string, client: typeof sandboxClient): void {
  process.env['AZURE_AUTHORITY_HOST'] = authorityHost;
  process.env['AZURE_TENANT_ID'] = client.tenantId;
  process.env['AZURE_CLIENT_ID'] = client.clientId;
  process.env['AZURE_CLIENT_SECRET'] = client.clientSecret;
}

/** The error a promise rejects with, flat enough to search for content that must not be in it. */
export async function failureOf(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('expected a failure');
}

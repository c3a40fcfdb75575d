import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openStamp, vaultOfStamp, type Stamp, type StampLogin } from './azure-stack-hub/stamp';
import { startAzurite, type Azurite } from './azurite';
import { createCertificateAuthority, localNames } from './certificates';
import { writeEnvFile } from './env-file';
import { startIdentity, type Identity, type IdentityClient } from './identity/start-identity';
import { createVaultFaults, type VaultFaults } from './key-vault/faults';
import { startKeyVault, type KeyVault } from './key-vault/start-key-vault';
import { checkSmbServer, startSmbShare } from './samba/smb-share';
import type { SmbServer } from './samba/start-samba';
import { generateShare } from './share-generator/generate-share';
import type { Fault } from './sql-server/engine/faults';
import type { AvailabilityGroup } from './sql-server/engine/availability-group';
import type { RunningSqlServer } from './sql-server/start-sql-server';
import { backupDirectory, startSqlServers } from './sql-servers';
import { writeSystemSecrets } from './system-secrets';

export interface SandboxOptions {
  /** Everything lies under it; what an earlier sandbox left there is used again. */
  readonly directory: string;
  /** `share` under the directory when not given, filled when it is not there. */
  readonly share?: string | undefined;
  /** Files to fill the share with; 8,000 unless told. */
  readonly files?: number;
  /** What goes wrong in SQL Server; more can be added while it runs. */
  readonly faults?: readonly Fault[];
  /** Two SQL Servers as replicas of one availability group, reached by its listener, instead of one. */
  readonly availabilityGroup?: boolean;
  /** Storage, vault and sign-in are as strict and as old as those of Azure Stack Hub. */
  readonly azureStackHub?: StampLogin | undefined;
  /** Settings say that SQL Server writes its backups to blobs by itself. */
  readonly backupToUrl?: boolean;
  /** Settings name share and staging directory as those of a file server, which is started, and no path. Takes Samba, and root. */
  readonly smb?: boolean;
  /** Told of every file the SQL Server has backed up to, before anybody else knows of it. */
  readonly onBackup?: (file: string) => void;
}

export interface Sandbox {
  /** For `--env-file`; holds passwords. */
  readonly envFile: string;
  /** What is in it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly share: string;
  /** The only SQL Server, or the first primary. */
  readonly sql: RunningSqlServer;
  readonly sqlSecondary: RunningSqlServer | undefined;
  readonly sqlGroup: AvailabilityGroup | undefined;
  /** Where the SQL Server writes its backups, as this machine sees it. */
  readonly sqlDirectory: string;
  readonly vault: KeyVault;
  readonly vaultFaults: VaultFaults;
  readonly identity: Identity;
  /** Takes everything, also where the settings name a stricter one before it. */
  readonly azurite: Azurite;
  readonly stamp: Stamp | undefined;
  /** The file server, where there is one. */
  readonly smb: SmbServer | undefined;
  /** Stops all of it; the data stays. */
  close(): Promise<void>;
}

const sqlUser = 'hubkeep_backup';

/**
 * Starts a pretend stamp on free ports of 127.0.0.1: SQL Server, token endpoint, Key Vault, storage, a tenant file share
 * and a SystemSecrets.JSON. Passwords and certificates are made anew at every start and written to the settings file only.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const directory = resolve(options.directory);
  if (options.smb === true) checkSmbServer();
  mkdirSync(directory, { recursive: true });
  const share = options.share === undefined ? await ensureShare(join(directory, 'share'), options.files) : resolve(options.share);
  const started: { close(): Promise<void> }[] = [];
  const close = async () => void (await Promise.all(started.splice(0).map((part) => part.close())));
  try {
    const servers = await startServers(directory, options, (part) => void started.push(part));
    const staging = servers.sqlDirectory;
    const smb = options.smb === true ? await startSmbShare({ share, staging, password: randomSecret() }) : undefined;
    if (smb !== undefined) started.push(smb);
    const places = smb?.settings ?? { FILE_SHARE_PATH: share, SQL_BACKUP_DIRECTORY_LOCAL: staging };
    const settings = { ...settingsOf(directory, servers), ...places, ...roadOf(options) };
    writeSystemSecrets(join(directory, 'SystemSecrets.JSON'));
    writeFileSync(join(directory, 'sandbox-ca.pem'), servers.caPem);
    const envFile = join(directory, 'hubkeep.env');
    writeEnvFile(envFile, settings);
    const { caPem: _caPem, client: _client, sqlPassword: _sqlPassword, sqlPort: _sqlPort, ...parts } = servers;
    return { envFile, settings, share, ...parts, smb: smb?.server, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Servers extends Pick<
  Sandbox,
  'sql' | 'sqlSecondary' | 'sqlGroup' | 'sqlDirectory' | 'vault' | 'vaultFaults' | 'identity' | 'azurite' | 'stamp'
> {
  readonly caPem: string;
  readonly client: IdentityClient;
  readonly sqlPassword: string;
  /** Where clients reach SQL Server. */
  readonly sqlPort: number;
}

async function startServers(
  directory: string,
  options: SandboxOptions,
  opened: (part: { close(): Promise<void> }) => void,
): Promise<Servers> {
  const authority = createCertificateAuthority();
  const tls = authority.issue(localNames);
  const { azureStackHub: login } = options;
  const tenantId = login === 'adfs' ? login : randomUUID();
  const client = { tenantId, clientId: randomUUID(), clientSecret: randomSecret() };
  const vaultFaults = createVaultFaults();
  const sqlPassword = randomSecret();
  const sqlDirectory = join(directory, 'sql', 'backup');

  const azurite = await startAzurite({ directory: join(directory, 'azurite') });
  opened(azurite);
  const identity = await startIdentity({ tls, clients: [client] });
  opened(identity);
  const ofStamp = login === undefined ? {} : vaultOfStamp(login);
  const vault = await startKeyVault({ directory, tls, identity, faults: vaultFaults, ...ofStamp });
  opened(vault);
  const stamp = login === undefined ? undefined : await openStamp({ login, tls, identity, azurite });
  if (stamp !== undefined) opened(stamp);
  const { faults, onBackup, availabilityGroup = false } = options;
  const { sql, secondary, group, port, ...servers } = await startSqlServers({
    directory: sqlDirectory,
    login: { name: sqlUser, password: sqlPassword },
    tls,
    availabilityGroup,
    ...(faults === undefined ? {} : { faults }),
    ...(onBackup === undefined ? {} : { onBackup }),
  });
  opened(servers);
  const sqlParts = { sql, sqlSecondary: secondary, sqlGroup: group, sqlPort: port, sqlPassword, sqlDirectory };
  return { caPem: authority.caPem, client, vaultFaults, azurite, identity, vault, stamp, ...sqlParts };
}

function settingsOf(directory: string, servers: Servers): Record<string, string> {
  const { client, vault, sqlPort, sqlSecondary, sqlPassword } = servers;
  return {
    STAMP_NAME: 'sandbox',
    EXTRA_CA_FILE: join(directory, 'sandbox-ca.pem'),
    // The names of replicas lead nowhere on this machine, so the second one stands beside the listener.
    SQL_SERVERS: [sqlPort, ...(sqlSecondary === undefined ? [] : [sqlSecondary.port])]
      .map((port) => `localhost:${port}`)
      .join(','),
    SQL_USER: sqlUser,
    SQL_PASSWORD: sqlPassword,
    KEY_VAULT_URL: vault.url,
    SYSTEM_SECRETS_PATH: join(directory, 'SystemSecrets.JSON'),
    SERVE_API_KEY: randomSecret(),
    AZURE_TENANT_ID: client.tenantId,
    AZURE_CLIENT_ID: client.clientId,
    AZURE_CLIENT_SECRET: client.clientSecret,
    ...(servers.stamp?.settings ?? cloudSettings(servers)),
  };
}

function cloudSettings({ azurite, identity }: Servers): Record<string, string> {
  return {
    BACKUP_STORAGE_CONNECTION_STRING: azurite.connectionString,
    KEY_VAULT_VERIFY_CHALLENGE: 'false',
    IDENTITY_INSTANCE_DISCOVERY: 'false',
    AZURE_AUTHORITY_HOST: identity.url,
  };
}

function roadOf({ backupToUrl = false }: SandboxOptions): Record<string, string> {
  return backupToUrl ? { SQL_BACKUP_MODE: 'url' } : { SQL_BACKUP_DIRECTORY: backupDirectory };
}

/** A share appears whole or not at all: one cut off while it was filled is made anew. */
async function ensureShare(share: string, files: number | undefined): Promise<string> {
  if (existsSync(share)) return share;
  const unfinished = `${share}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await generateShare(unfinished, files === undefined ? {} : { files });
  renameSync(unfinished, share);
  return share;
}

function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}

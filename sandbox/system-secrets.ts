import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';

/**
 * Puts a SystemSecrets.JSON where Hubkeep picks it up, unless one lies there already. Its real schema is not published;
 * this one is made up, is about as large, and every value in it is random, so that any trace of one elsewhere is a leak.
 */
export function writeSystemSecrets(file: string): void {
  if (existsSync(file)) return;
  const document = {
    ExportedAt: new Date().toISOString(),
    StampId: randomUUID(),
    SqlServer: {
      Hosting: { Login: 'appservice_hosting_Admin', Password: password() },
      Metering: { Login: 'appservice_metering_Admin', Password: password() },
    },
    FileShare: {
      Owner: { User: 'fileshareowner', Password: password() },
      User: { User: 'fileshareuser', Password: password() },
    },
    Keys: {
      SystemEncryptionKey: randomBytes(32).toString('hex').toUpperCase(),
      SiteRuntimeEncryptionKey: randomBytes(32).toString('hex').toUpperCase(),
      MachineDecryptionKey: randomBytes(24).toString('hex').toUpperCase(),
      MachineValidationKey: randomBytes(64).toString('hex').toUpperCase(),
    },
    Certificates: ['Default SSL', 'API', 'FTP', 'SSO'].map((Name) => ({
      Name,
      Thumbprint: randomBytes(20).toString('hex').toUpperCase(),
      PfxPassword: password(),
    })),
    WorkerCredentials: { User: 'WorkerAdmin', Password: password() },
  };
  // What the portal saves has Windows line ends.
  writeFileSync(file, JSON.stringify(document, undefined, 2).replaceAll('\n', '\r\n'), { mode: 0o600 });
}

function password(): string {
  return `canary-${randomBytes(18).toString('base64url')}`;
}

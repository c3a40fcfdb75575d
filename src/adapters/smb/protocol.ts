// Names of numbers on the wire (MS-SMB2 2.2.1.2, 2.2.3, 2.2.4, 2.2.6, 2.2.10).

export const command = {
  negotiate: 0,
  sessionSetup: 1,
  logoff: 2,
  treeConnect: 3,
  create: 5,
  close: 6,
  read: 8,
  ioctl: 11,
  echo: 13,
  queryDirectory: 14,
  oplockBreak: 18,
} as const;

export const dialect = { smb202: 0x0202, smb21: 0x0210, smb30: 0x0300, smb302: 0x0302, smb311: 0x0311 } as const;

/** Every dialect this client speaks, the oldest first. */
export const dialects: readonly number[] = [dialect.smb21, dialect.smb30, dialect.smb302, dialect.smb311];

export const securityMode = { signingEnabled: 1, signingRequired: 2 } as const;

export const capability = { dfs: 0x01, largeMtu: 0x04, encryption: 0x40 } as const;

export const sessionFlag = { guest: 0x1, anonymous: 0x2, encrypt: 0x4 } as const;

export const shareFlag = { encrypt: 0x8000 } as const;

/** Bytes of a payload that one credit pays for (MS-SMB2 3.2.4.1.5). */
export const bytesPerCredit = 65_536;

export function creditsFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / bytesPerCredit));
}

/** As humans write it: 3.0.2. */
export function dialectName(value: number): string {
  const [major, minor, revision] = [value >> 8, (value >> 4) & 0xf, value & 0xf];
  return revision === 0 ? `${major}.${minor}` : `${major}.${minor}.${revision}`;
}

/** What an edition and version of SQL Server can do. */
export interface Edition {
  /** As SERVERPROPERTY has it: `Standard Edition (64-bit)`. */
  readonly edition: string;
  /** `15.0.4043.16`. */
  readonly version: string;
}

const sqlServer2008 = [10, 0];
const sqlServer2008R2 = [10, 50];
/** SQL Server 2019 CU5. */
const compressesEncryptedAlways = [15, 0, 4043];

/** BACKUP ... WITH COMPRESSION. Reading compressed backups is no question: every edition does. */
export function canCompress({ edition, version }: Edition): boolean {
  if (/express|web|workgroup/i.test(edition)) return false;
  return isAtLeast(version, /standard/i.test(edition) ? sqlServer2008R2 : sqlServer2008);
}

const mib = 1024 * 1024;

/**
 * The sizes a BACKUP asks for. Blobs take the largest transfers, since a blob has 50,000 blocks whatever their size. An
 * encrypted database is compressed only by transfers above 64 KiB until SQL Server 2019 CU5.
 */
export function transferSizes(backup: {
  readonly kind: 'disk' | 'url';
  readonly compression: boolean;
  readonly encrypted: boolean;
  readonly version: string;
}): { maxTransferSize?: number; blockSize?: number } {
  if (backup.kind === 'url') return { maxTransferSize: 4 * mib, blockSize: 65536 };
  const needsLargeTransfers = backup.compression && backup.encrypted && !isAtLeast(backup.version, compressesEncryptedAlways);
  return needsLargeTransfers ? { maxTransferSize: mib } : {};
}

/** @param least numbers from the left: `[13]` is any SQL Server 2016 or later. */
export function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, wanted] of least.entries()) {
    const part = parts[i] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

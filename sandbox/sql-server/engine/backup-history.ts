/** What `msdb` remembers of one backup; dates are the server's local time. */
export interface BackupRecord {
  readonly id: number;
  readonly guid: string;
  readonly name: string;
  readonly database: string;
  readonly serverName: string;
  readonly userName: string;
  readonly path: string;
  readonly copyOnly: boolean;
  readonly checksums: boolean;
  readonly compressed: boolean;
  readonly damaged: boolean;
  /** Bytes of the database, and of the file. */
  readonly size: number;
  readonly compressedSize: number;
  readonly firstLsn: bigint;
  readonly lastLsn: bigint;
  readonly checkpointLsn: bigint;
  readonly databaseBackupLsn: bigint;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Local time less UTC in quarters of an hour. */
  readonly timeZone: number;
  readonly recoveryModel: string;
}

export interface BackupHistory {
  nextId(): number;
  add(record: BackupRecord): void;
  list(): readonly BackupRecord[];
  /** While true, BACKUP ends with warning 3009 and leaves no history. */
  unwritable: boolean;
}

export function createBackupHistory(): BackupHistory {
  const records: BackupRecord[] = [];
  let lastId = 0;
  return {
    unwritable: false,
    nextId: () => ++lastId,
    add: (record) => void records.push(record),
    list: () => records,
  };
}

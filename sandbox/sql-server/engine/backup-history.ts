import { randomUUID } from 'node:crypto';
import { toLsn, type Database } from './databases';

/** What `msdb` remembers of one backup; dates are the server's local time. */
export interface BackupRecord {
  readonly id: number;
  readonly guid: string;
  readonly mediaSetId: number;
  readonly mediaSetGuid: string;
  readonly mediaName: string;
  readonly name: string;
  readonly description: string;
  /** D for a full backup, L for one of the log. */
  readonly type: 'D' | 'L';
  readonly database: string;
  readonly serverName: string;
  readonly userName: string;
  /** The families of its media set, in order. */
  readonly devices: readonly string[];
  readonly copyOnly: boolean;
  readonly checksums: boolean;
  readonly compressed: boolean;
  readonly damaged: boolean;
  /** Bytes of the database, and of the files. */
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

export interface LogBackup {
  readonly serverName: string;
  readonly timeZone: number;
  /** Server's local time. */
  readonly finishedAt: Date;
}

/** Remembers a backup of the log as some job of the server made it; no file is written. */
export function recordLogBackup(history: BackupHistory, database: Database, at: LogBackup): void {
  const id = history.nextId();
  const firstLsn = toLsn(database.log, 1);
  database.log.block += 8;
  const size = 1024 * 1024;
  history.add({
    id,
    guid: randomUUID().toUpperCase(),
    mediaSetId: id,
    mediaSetGuid: randomUUID().toUpperCase(),
    mediaName: '',
    name: '',
    description: '',
    type: 'L',
    database: database.name,
    serverName: at.serverName,
    userName: 'NT SERVICE\\SQLSERVERAGENT',
    devices: [`C:\\Backup\\${database.name}_${id}.trn`],
    copyOnly: false,
    checksums: false,
    compressed: false,
    damaged: false,
    size,
    compressedSize: size,
    firstLsn,
    lastLsn: toLsn(database.log, 1),
    checkpointLsn: database.lastBackupLsn,
    databaseBackupLsn: database.lastBackupLsn,
    startedAt: at.finishedAt,
    finishedAt: at.finishedAt,
    timeZone: at.timeZone,
    recoveryModel: database.recoveryModel,
  });
}

export interface DatabaseOptions {
  readonly name: string;
  /** Bytes of data, rounded up to whole extents of 64 KiB. Default 1 MiB. */
  readonly size?: number;
  readonly recoveryModel?: 'SIMPLE' | 'FULL' | 'BULK_LOGGED';
  readonly logReuseWait?: string;
  readonly state?: string;
  readonly contained?: boolean;
}

export interface Database {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly recoveryModel: string;
  readonly contained: boolean;
  logReuseWait: string;
  state: string;
  /** Grows with every change; pages changed since differ in a backup. */
  generation: number;
  /** Number of the virtual log file and of the block in it. */
  log: { file: number; block: number };
  lastBackupLsn: bigint;
}

export interface Databases {
  list(): readonly Database[];
  /** By name, without regard to case. */
  find(name: string): Database | undefined;
  add(options: DatabaseOptions): Database;
  /** Changes about an eighth of the pages and moves the log forward. */
  change(name: string): void;
}

export const extentSize = 65536;

/** The databases of one server. `master`, `tempdb`, `model` and `msdb` are always there. */
export function createDatabases(options: readonly DatabaseOptions[]): Databases {
  const databases: Database[] = [];
  const find = (name: string) => databases.find((database) => database.name.toLowerCase() === name.toLowerCase());
  const add = (given: DatabaseOptions): Database => {
    const extents = Math.ceil((given.size ?? 1024 * 1024) / extentSize);
    const database: Database = {
      id: databases.length + 1,
      name: given.name,
      size: extents * extentSize,
      recoveryModel: given.recoveryModel ?? 'SIMPLE',
      contained: given.contained ?? false,
      logReuseWait: given.logReuseWait ?? 'NOTHING',
      state: given.state ?? 'ONLINE',
      generation: 0,
      log: { file: 30 + databases.length, block: 160 },
      lastBackupLsn: 0n,
    };
    databases.push(database);
    return database;
  };

  for (const name of ['master', 'tempdb', 'model', 'msdb']) {
    add(options.find((option) => option.name.toLowerCase() === name) ?? { name });
  }
  for (const option of options) if (find(option.name) === undefined) add(option);

  return {
    list: () => databases,
    find,
    add,
    change(name) {
      const database = find(name);
      if (database === undefined) throw new Error(`There is no database ${name}`);
      database.generation++;
      database.log.block += 24;
    },
  };
}

/** A log sequence number as SQL Server shows it: file, ten digits of block, five digits of slot. */
export function toLsn(log: Database['log'], slot: number): bigint {
  return BigInt(log.file) * 10n ** 15n + BigInt(log.block) * 10n ** 5n + BigInt(slot);
}

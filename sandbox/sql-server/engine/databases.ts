export interface DatabaseFile {
  readonly name: string;
  readonly type: 'ROWS' | 'LOG';
  readonly physicalName: string;
  /** Bytes, in whole pages of 8 KiB. */
  readonly size: number;
}

export interface DatabaseUser {
  readonly name: string;
  /** How it proves who it is: by a login of the server, by a password in the database, by Windows, or not at all. */
  readonly authentication: 'INSTANCE' | 'DATABASE' | 'WINDOWS' | 'NONE';
}

/** What a copy of a database carries with it, in a backup file too. */
export interface DatabaseContent {
  readonly recoveryModel: string;
  readonly contained: boolean;
  readonly encrypted: boolean;
  readonly collation: string;
  readonly compatibilityLevel: number;
  readonly files: readonly DatabaseFile[];
  readonly users: readonly DatabaseUser[];
  /** Rows of its pretend tables, by schema and name: `dbo.Sites`. */
  readonly tables: Readonly<Record<string, number>>;
  /** What DBCC CHECKDB finds: a broken page, which BACKUP WITH CHECKSUM finds too, or wrong content. */
  readonly corruption?: 'page' | 'logical' | undefined;
}

export interface DatabaseOptions extends Partial<Omit<DatabaseContent, 'recoveryModel'>> {
  readonly name: string;
  /** Bytes of data, rounded up to whole extents of 64 KiB. 1 MiB unless given, or what its ROWS files add up to. */
  readonly size?: number;
  readonly recoveryModel?: 'SIMPLE' | 'FULL' | 'BULK_LOGGED';
  readonly logReuseWait?: string;
  readonly state?: string;
  readonly userAccess?: 'MULTI_USER' | 'SINGLE_USER' | 'RESTRICTED_USER';
  readonly readOnly?: boolean;
  readonly standby?: boolean;
  /** Name of the database of which this is a snapshot. */
  readonly snapshotOf?: string;
}

export interface Database extends DatabaseContent {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly userAccess: string;
  readonly readOnly: boolean;
  readonly standby: boolean;
  readonly snapshotOf: string | undefined;
  corruption?: 'page' | 'logical' | undefined;
  logReuseWait: string;
  state: string;
  /** Local time of the server; when that was started unless set. */
  createdAt?: Date;
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
  /** Adds what a backup holds. */
  restore(content: DatabaseContent & Pick<DatabaseOptions, 'name' | 'size' | 'state'>): Database;
  remove(name: string): void;
  /** Takes part in a database of another server, in place of an own one of its name. */
  share(source: Database): Database;
  /** Changes about an eighth of the pages and moves the log forward. */
  change(name: string): void;
}

export const extentSize = 65536;
const mib = 1024 * 1024;
export const defaultCollation = 'SQL_Latin1_General_CP1_CI_AS';
const systemFiles: Readonly<Record<string, readonly [string, string]>> = {
  master: ['master', 'mastlog'],
  tempdb: ['tempdev', 'templog'],
  model: ['modeldev', 'modellog'],
  msdb: ['MSDBData', 'MSDBLog'],
};

/** The databases of one server. `master`, `tempdb`, `model` and `msdb` are always there. */
export function createDatabases(options: readonly DatabaseOptions[], compatibilityLevel = 160): Databases {
  const databases: Database[] = [];
  let lastId = 0;
  const find = (name: string) => databases.find((database) => database.name.toLowerCase() === name.toLowerCase());
  const add = (given: DatabaseOptions): Database => {
    const id = ++lastId;
    const database: Database = {
      ...describe(given, compatibilityLevel),
      id,
      generation: 0,
      log: { file: 29 + id, block: 160 },
      lastBackupLsn: 0n,
    };
    databases.push(database);
    return database;
  };
  const remove = (name: string) => {
    const database = find(name);
    if (database !== undefined) databases.splice(databases.indexOf(database), 1);
  };

  for (const name of ['master', 'tempdb', 'model', 'msdb']) {
    add(options.find((option) => option.name.toLowerCase() === name) ?? { name });
  }
  for (const option of options) if (find(option.name) === undefined) add(option);

  return {
    list: () => databases,
    find,
    add,
    restore: (content) => add(content as DatabaseOptions),
    remove,
    share(source) {
      const id = find(source.name)?.id ?? ++lastId;
      remove(source.name);
      const database = sharedWith(source, id);
      databases.push(database);
      return database;
    },
    change(name) {
      const database = find(name);
      if (database === undefined) throw new Error(`There is no database ${name}`);
      database.generation++;
      database.log.block += 24;
    },
  };
}

function describe(
  given: DatabaseOptions,
  compatibilityLevel: number,
): Omit<Database, 'id' | 'generation' | 'log' | 'lastBackupLsn'> {
  const data = (given.files ?? []).filter(({ type }) => type === 'ROWS').reduce((total, { size }) => total + size, 0);
  const size = Math.ceil((given.size ?? (data > 0 ? data : mib)) / extentSize) * extentSize;
  return {
    recoveryModel: 'SIMPLE',
    contained: false,
    encrypted: false,
    collation: defaultCollation,
    compatibilityLevel,
    files: defaultFiles(given.name, size),
    users: [],
    tables: {},
    userAccess: 'MULTI_USER',
    readOnly: false,
    standby: false,
    snapshotOf: undefined,
    logReuseWait: 'NOTHING',
    state: 'ONLINE',
    ...given,
    size,
  };
}

/** Everything but the id is read from the source and written to it. */
function sharedWith(source: Database, id: number): Database {
  return new Proxy(source, {
    get: (target, key) => (key === 'id' ? id : Reflect.get(target, key)),
    set: (target, key, value) => Reflect.set(target, key, value),
    getOwnPropertyDescriptor: (target, key) => {
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      return key === 'id' && own !== undefined ? { ...own, value: id } : own;
    },
  });
}

function defaultFiles(database: string, size: number): DatabaseFile[] {
  const [data, log] = systemFiles[database] ?? [database, `${database}_log`];
  return [
    { name: data, type: 'ROWS', physicalName: `C:\\Data\\${data}.mdf`, size },
    { name: log, type: 'LOG', physicalName: `C:\\Data\\${log}.ldf`, size: mib },
  ];
}

/** A log sequence number as SQL Server shows it: file, ten digits of block, five digits of slot. */
export function toLsn(log: Database['log'], slot: number): bigint {
  return BigInt(log.file) * 10n ** 15n + BigInt(log.block) * 10n ** 5n + BigInt(slot);
}

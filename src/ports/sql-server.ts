export type SqlValue = string | number | boolean | Date | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** One informational message of the server, as it arrives. */
export interface SqlMessage {
  readonly number: number;
  readonly text: string;
}

export interface ConnectOptions {
  /** Shown in `sys.dm_exec_sessions` as `program_name`. */
  readonly applicationName?: string;
}

export interface ExecuteOptions {
  readonly onMessage?: (message: SqlMessage) => void;
  /** Stops the statement on the server; the call then fails with `run.cancelled`. */
  readonly signal?: AbortSignal;
  /** Without a message for this many milliseconds the statement is stopped and the call fails with `sql.stalled`. */
  readonly stallMs?: number;
}

/**
 * One connection to one server. A session never reconnects: what it owns on the server (an application lock, a running
 * statement) ends with it, and every later call fails with the retryable `sql.connection-lost`. One call at a time.
 *
 * A statement the server refuses fails with `sql.statement-failed`, whose details hold the SQL error `number` of the
 * cause, never of the wrapper that follows it (3013).
 */
export interface SqlSession {
  /** Rows of the last result set. Parameters are named without `@`. */
  query(statement: string, parameters?: Readonly<Record<string, string | number>>): Promise<SqlRow[]>;
  /** For statements that may take hours: no limit but `stallMs`. */
  execute(statement: string, options?: ExecuteOptions): Promise<void>;
  /** Never fails. */
  close(): Promise<void>;
}

export interface SqlServer {
  /**
   * `server` is `host`, `host,port`, `host:port` or `host\instance`.
   * Throws the retryable `sql.unreachable`, or `sql.login-failed`.
   */
  connect(server: string, options?: ConnectOptions): Promise<SqlSession>;
}

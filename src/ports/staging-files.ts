export interface StagingFile {
  /** Bytes. */
  readonly size: number;
  /** Reads the file from its start, once. */
  stream(): AsyncIterable<Uint8Array>;
}

/**
 * The directory through which SQL Server hands backup files to Hubkeep, as Hubkeep sees it, to be read. Names are plain file
 * names. `server` fills the `{server}` of the configured path.
 */
export interface StagingReader {
  /** Throws `sql.staging-unreadable` when the file is missing or cannot be read. */
  open(server: string, name: string): Promise<StagingFile>;
  list(server: string): Promise<string[]>;
}

export interface StagingFiles extends StagingReader {
  /**
   * Missing files are success. Throws `sql.staging-left` once all have been tried, when some are still there; retryable where
   * trying again can help.
   */
  remove(server: string, names: readonly string[]): Promise<void>;
}

/** The same directory where Hubkeep may write, and so can hand files to SQL Server. */
export interface WritableStaging extends StagingFiles {
  /**
   * Writes a file for SQL Server to read. One that cannot be finished goes again. Throws `sql.staging-unwritable`, also when a
   * file of that name is there.
   */
  write(server: string, name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
}

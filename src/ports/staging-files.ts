export interface StagingFile {
  /** Bytes. */
  readonly size: number;
  /** Reads the file from its start, once. */
  stream(): AsyncIterable<Uint8Array>;
}

/**
 * The directory through which SQL Server and Hubkeep hand backup files to each other, as Hubkeep sees it. Names are plain file names.
 * `server` fills the `{server}` of the configured path.
 */
export interface StagingFiles {
  /** Throws `sql.staging-unreadable` when the file is missing or cannot be read. */
  open(server: string, name: string): Promise<StagingFile>;
  /**
   * Writes a file for SQL Server to read. One that cannot be finished goes again. Throws `sql.staging-unwritable`, also when a
   * file of that name is there.
   */
  write(server: string, name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** A missing file is success. */
  remove(server: string, name: string): Promise<void>;
  list(server: string): Promise<string[]>;
}

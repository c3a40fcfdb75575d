export interface StagingFile {
  /** Bytes. */
  readonly size: number;
  /** Reads the file from its start, once. */
  stream(): AsyncIterable<Uint8Array>;
}

/**
 * The directory in which SQL Server leaves its backup files, as Hubkeep sees it. Names are plain file names.
 * `server` fills the `{server}` of the configured path.
 */
export interface StagingFiles {
  /** Throws `sql.staging-unreadable` when the file is missing or cannot be read. */
  open(server: string, name: string): Promise<StagingFile>;
  /** A missing file is success. */
  remove(server: string, name: string): Promise<void>;
  list(server: string): Promise<string[]>;
}

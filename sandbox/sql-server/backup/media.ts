/** Where one family of a backup is written, from its start to its end. */
export interface BackupWriter {
  write(bytes: Buffer): Promise<void>;
  /** Makes what was written a whole backup. */
  finish(): Promise<void>;
  /** Ends a backup that failed; what stays behind is what SQL Server leaves there. Never throws. */
  abandon(): Promise<void>;
}

/** One family of a backup to read from. */
export interface BackupReader {
  /** Bytes. */
  readonly size: number;
  /** Fewer bytes than asked for at the end. */
  read(position: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

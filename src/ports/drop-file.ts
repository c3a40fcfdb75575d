/** Where the operator leaves a file for Hubkeep to pick up. */
export interface DropFile {
  /** For humans: the path. */
  readonly location: string;
  /**
   * The whole file, or undefined when there is none. Throws `secrets.too-large` above `maxBytes` without reading it,
   * and `secrets.unreadable`.
   */
  read(maxBytes: number): Promise<Buffer | undefined>;
}

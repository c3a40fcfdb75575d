/** Where the operator leaves a file for Hubkeep to pick up. */
export interface DropFile {
  /** For humans: the path, or which blob. */
  readonly location: string;
  /** Undefined when there is none. Throws `secrets.too-large` above `maxBytes` without reading it, and `secrets.unreadable`. */
  read(maxBytes: number): Promise<Drop | undefined>;
  /**
   * Finds out, with or without a file there, whether a wiped one is gone for good. Throws `secrets.unwipeable` with the
   * reason when it is not, or when that cannot be told.
   */
  ensureWipeable(): Promise<void>;
}

/** What was picked up. Wiping belongs to it, not to the place: two that pick up at once must not wipe what the other one read. */
export interface Drop {
  readonly content: Buffer;
  /** When it was last written there, by the clock of the place. */
  readonly modifiedAt: Date;
  /**
   * Removes this content from where it was read, beyond recovery as far as the place allows. What was left there since is
   * kept, and nothing there is success. Throws `secrets.unwipeable`, and `secrets.not-wiped` when it did not work.
   */
  wipe(): Promise<void>;
}

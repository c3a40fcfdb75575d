export interface SecretOptions {
  readonly contentType?: string;
  /** At most 15; names and values are readable by everyone who may list the vault. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface StoredSecret {
  readonly value: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly createdAt: Date;
}

/**
 * Named secrets in numbered versions; a version never changes once it is set.
 *
 * Throws `vault.not-found`, `vault.forbidden`, `vault.disabled` (this version may not be read), `vault.conflict` (the name is taken by a deleted secret),
 * `vault.rejected`, `identity.rejected`, or the retryable `vault.throttled`, `vault.unreachable` and
 * `identity.unreachable`. No error holds a secret's value.
 */
export interface SecretVault {
  /** For humans: the vault's address, without any credential. */
  readonly location: string;
  /** Adds a version; earlier ones stay. A value is at most 25,600 bytes of UTF-8. */
  set(name: string, value: string, options?: SecretOptions): Promise<{ version: string }>;
  /** The newest version when none is named. */
  get(name: string, version?: string): Promise<StoredSecret>;
  /** Gives a version these tags instead of those it has. */
  tag(name: string, version: string, tags: Readonly<Record<string, string>>): Promise<void>;
}

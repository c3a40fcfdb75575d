/** How one of App Service's secrets stands. Never holds its value. */
export interface SecretStatus {
  readonly category: string;
  readonly name: string;
  /** Undefined where it is not told; negative once it is over. */
  readonly lifeDays: number | undefined;
  readonly lastUpdated: LastUpdated | undefined;
  readonly expiresAt: Date | undefined;
}

/** It happened at some time from `from` to `to`, which are the same where the time of day is told. */
export interface LastUpdated {
  readonly from: Date;
  readonly to: Date;
}

/** Who knows the state of App Service's secrets. */
export interface SecretStatusSource {
  /**
   * One row for each secret, at least one. Ends within half a minute. Throws `secrets.probe-failed`, `identity.rejected`
   * or `identity.unreachable`; no error holds a token.
   */
  list(): Promise<SecretStatus[]>;
}

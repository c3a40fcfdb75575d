/**
 * What an error number of BACKUP or RESTORE means for the run.
 * `wrapper` only says that something before it failed; `transient` may be gone on a new try; `failover` after finding the new primary;
 * `reroute` wants another replica; `promote` is about a chain of backups, which copy-only full ones do not need; `configuration`
 * needs the operator; `corruption` says that the database or the file is damaged; `restore` only comes when restoring.
 */
export type SqlErrorKind =
  | 'wrapper'
  | 'information'
  | 'warning'
  | 'transient'
  | 'failover'
  | 'reroute'
  | 'promote'
  | 'configuration'
  | 'corruption'
  | 'restore';

/** What Hubkeep does about it. */
export type SqlErrorAction =
  | 'read the error before it'
  | 'go on'
  | 'prove by the file’s header'
  | 'try again under a new name'
  | 'find the replica again'
  | 'fail'
  | 'fail, and hold older points';

export interface SqlErrorRule {
  readonly numbers: readonly number[];
  /** Windows errors that the text quotes; the rule is about no other then. */
  readonly os?: readonly number[];
  readonly kind: SqlErrorKind;
  readonly action: SqlErrorAction;
  /** What the operator should do; nothing where there is nothing to do. */
  readonly advice?: string;
}

/** Every stable error code. Codes cross process and network boundaries; texts may change, codes may not. */
export const errorCodes = [
  // configuration
  'config.invalid',
  // repository and its store
  'store.not-found',
  'store.exists',
  'store.precondition-failed',
  'store.unauthorized',
  'store.unavailable',
  'format.unsupported-version',
  'format.damaged',
  'point.not-found',
  'point.component-missing',
  // the run and its lock
  'run.busy',
  'run.not-found',
  'run.ended',
  'run.cancelled',
  'run.superseded',
  'notify.failed',
  'lock.lost',
  // file share
  'share.not-found',
  'share.empty',
  'share.gone',
  'share.unreadable',
  'share.vanished',
  'share.denied',
  'share.locked',
  'share.changing',
  // databases
  'sql.unreachable',
  'sql.login-failed',
  'sql.database-missing',
  'sql.no-replica',
  'sql.target-unusable',
  'sql.corrupt',
  'sql.backup-failed',
  'sql.verify-failed',
  'sql.no-proof',
  'sql.statement-failed',
  'sql.connection-lost',
  'sql.stalled',
  'sql.timed-out',
  'sql.staging-unreadable',
  // signing in to Azure
  'identity.rejected',
  'identity.unreachable',
  // secrets
  'secrets.never-stored',
  'secrets.invalid',
  'secrets.too-large',
  'secrets.unreadable',
  'secrets.rotated',
  'secrets.probe-failed',
  'vault.unreachable',
  'vault.forbidden',
  'vault.not-found',
  'vault.conflict',
  'vault.throttled',
  'vault.rejected',
  'vault.mismatch',
  // restore
  'restore.target-not-empty',
  'restore.unsafe-path',
  'restore.incomplete',
  // interfaces
  'usage.invalid',
  'http.unauthorized',
  'http.not-found',
  'http.bad-request',
  // anything not foreseen
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

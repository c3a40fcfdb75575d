metadata description = 'Types and names that several modules share.'

@export()
type tagsType = {
  @description('Any tag.')
  *: string
}

@export()
@description('Names in the vault of the secrets that Hubkeep is configured with.')
var secretNames = {
  SQL_PASSWORD: 'hubkeep-sql-password'
  SQL_BACKUP_DIRECTORY_PASSWORD: 'hubkeep-sql-backup-directory-password'
  FILE_SHARE_PASSWORD: 'hubkeep-file-share-password'
  NOTIFY_WEBHOOK_URL: 'hubkeep-notify-webhook-url'
}

@export()
@description('Settings that have no parameter of their own; each is described in README.md. What is left out keeps its default.')
@sealed()
type moreSettingsType = {
  EXTRA_CA_FILE: string?
  SQL_ENCRYPT: 'true' | 'false' | null
  SQL_TRUST_SERVER_CERTIFICATE: 'true' | 'false' | null
  SQL_BACKUP_STRIPES: string?
  SQL_BACKUP_STALL_MINUTES: string?
  SQL_BACKUP_TIMEOUT_HOURS: string?
  DRILL_SQL_SERVER: string?
  FILE_SHARE_REQUIRE_ENCRYPTION: 'true' | 'false' | null
  FILE_SHARE_EXCLUDE: string?
  FILE_SHARE_WIDTH: string?
  FILE_SHARE_MAX_MBPS: string?
  DRILL_SAMPLE_PERCENT: string?
  DRILL_SCRATCH_DIRECTORY: string?
  SYSTEM_SECRETS_MAX_AGE_DAYS: string?
  APP_SERVICE_ADMIN_URL: string?
  APP_SERVICE_ADMIN_AUDIENCE: string?
}

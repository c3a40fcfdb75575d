// Flex Consumption in a virtual network that is peered with the way to the stamp. The backups lie in another subscription, and
// no version of a recovery point can be deleted for five weeks.
using '../main.bicep'

param environmentName = 'production'
param stampName = 'stamp-1'
param backupComponents = 'databases,fileshare,secrets'
param sqlServers = 'sql-listener.stamp.example'
param sqlUser = 'hubkeep'
param sqlPassword = readEnvironmentVariable('SQL_PASSWORD', '')
param fileShareSmbUrl = 'smb://fs01.stamp.example/WebSites'
param fileShareUser = 'STAMP\\hubkeep'
param fileSharePassword = readEnvironmentVariable('FILE_SHARE_PASSWORD', '')
param notify = 'webhook'
param notifyWebhookUrl = readEnvironmentVariable('NOTIFY_WEBHOOK_URL', '')
param systemSecretsPath = 'blob:hubkeep-drop/SystemSecrets.JSON'
param alwaysReadyInstances = 1
param network = 'integrated'
// Of the SQL Servers and of the operators. Documentation addresses: put your own here.
param allowedIpRanges = ['203.0.113.0/24']
param backupSubscriptionId = '11111111-1111-1111-1111-111111111111'
param backupResourceGroup = 'rg-hubkeep-backups'
param backupStorageSku = 'Standard_GZRS'
param deletedRetentionDays = 35
param coolAfterDays = 30
param coldAfterDays = 120
param immutabilityDays = 35
param moreSettings = {
  SQL_TRUST_SERVER_CERTIFICATE: 'false'
  SQL_BACKUP_TIMEOUT_HOURS: '12'
  FILE_SHARE_REQUIRE_ENCRYPTION: 'true'
}

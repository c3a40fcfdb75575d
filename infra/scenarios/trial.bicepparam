// The cheapest that works: no network, logs and deleted blobs for a short time. For SQL Servers that can be reached from Azure.
using '../main.bicep'

param environmentName = 'trial'
param stampName = 'trial'
param sqlServers = 'sql.stamp.example'
param sqlUser = 'hubkeep'
param sqlPassword = readEnvironmentVariable('SQL_PASSWORD', '')
param backupStorageSku = 'Standard_LRS'
param deletedRetentionDays = 7
param coolAfterDays = 0
param vaultRetentionDays = 7
param logRetentionDays = 30

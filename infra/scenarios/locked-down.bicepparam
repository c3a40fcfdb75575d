// Nothing has a public endpoint, the app neither: it is deployed and called from within the network. A container image from a
// registry that is reached there, and Durable Task Scheduler.
using '../main.bicep'

param environmentName = 'locked-down'
param plan = 'container'
param containerImage = 'hubkeepregistry.azurecr.io/hubkeep:1.0.0'
param containerRegistryName = 'hubkeepregistry'
param useDurableTaskScheduler = true
param stampName = 'stamp-1'
param sqlServers = 'sql-1.stamp.example:1433,sql-2.stamp.example:1433'
param sqlUser = 'hubkeep'
param sqlPassword = readEnvironmentVariable('SQL_PASSWORD', '')
param network = 'lockedDown'
param immutabilityDays = 35

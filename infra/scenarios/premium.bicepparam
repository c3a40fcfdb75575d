// Elastic Premium, whose instances stay, in subnets that are there already, with zones that others keep. Backups of databases are read over SMB from the SQL Server they are written to.
using '../main.bicep'

param environmentName = 'premium'
param plan = 'premium'
param packageUploaderId = '22222222-2222-2222-2222-222222222222'
param maximumInstanceCount = 3
param stampName = 'stamp-1'
param backupComponents = 'databases'
param sqlServers = 'sql-1.stamp.example\\APPSERVICE'
param sqlUser = 'hubkeep'
param sqlPassword = readEnvironmentVariable('SQL_PASSWORD', '')
param sqlBackupMode = 'disk'
param sqlBackupDirectory = 'D:\\Backup'
param sqlBackupDirectoryLocal = 'smb://sql-1.stamp.example/Backup'
param sqlBackupDirectoryUser = 'STAMP\\hubkeep'
param sqlBackupDirectoryPassword = readEnvironmentVariable('SQL_BACKUP_DIRECTORY_PASSWORD', '')
param network = 'integrated'
param useDurableTaskScheduler = true
param appSubnetId = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/hub/subnets/hubkeep-app'
param endpointSubnetId = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/hub/subnets/hubkeep-endpoints'
param createPrivateDnsZones = false

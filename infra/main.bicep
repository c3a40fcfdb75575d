metadata name = 'Hubkeep'
metadata description = 'Hubkeep as a function app of Azure, with the storage its recovery points are kept in and the vault for SystemSecrets.JSON.'
metadata settingsWithoutParameter = {
  AZURE_STACK_ARM_ENDPOINT: 'The store and the vault of this template are those of Azure.'
  BACKUP_STORAGE_CONNECTION_STRING: 'It would hold an account key; the app signs in by identity.'
  BACKUP_STORAGE_SAS: 'The app signs in by identity.'
  STORAGE_API_VERSION: 'The store of this template is that of Azure.'
  KEY_VAULT_API_VERSION: 'The vault of this template is that of Azure.'
  KEY_VAULT_VERIFY_CHALLENGE: 'The vault of this template is that of Azure.'
  IDENTITY_INSTANCE_DISCOVERY: 'The app signs in at public Azure.'
  DRILL_SQL_BACKUP_DIRECTORY: 'No plan of Azure can write to a directory that a SQL Server reads.'
  DRILL_SQL_BACKUP_DIRECTORY_LOCAL: 'No plan of Azure can write to a directory that a SQL Server reads.'
  FILE_SHARE_PATH: 'No plan of Azure can mount the share of the stamp.'
  RESTORE_DIRECTORY: 'No plan of Azure has a directory that all hosts see and that outlives them.'
  SYSTEM_SECRETS_WIPE: 'The backup storage keeps versions, so that nothing left there could be wiped.'
  SERVE_API_KEY: 'For hubkeep serve; the app has function keys.'
  SERVE_TLS_CERT: 'For hubkeep serve.'
  SERVE_TLS_KEY: 'For hubkeep serve.'
}

import { moreSettingsType, secretNames, tagsType } from './types.bicep'

// ---- Where it runs

@description('Names the environment; the names of all resources follow from it and the resource group.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources.')
param location string = resourceGroup().location

@description('flex: Flex Consumption. premium: Elastic Premium, whose instances stay. container: an image of your own on Elastic Premium.')
@allowed(['flex', 'premium', 'container'])
param plan string = 'flex'

@description('Image with tag or digest, for the plan container alone: registry.example/hubkeep:1.0.')
param containerImage string = ''

@description('Azure container registry in this resource group that the image is pulled from by identity; empty for a registry that asks nobody to sign in.')
param containerRegistryName string = ''

@description('Where the package (hubkeep-functions.zip) is fetched from, for a deployment without azd; not for the plan container.')
param packageUri string = ''

@description('Object id of the person or pipeline that uploads the package for the plan premium; empty for none.')
param packageUploaderId string = ''

@description('How many instances there may be at most. Databases are backed up one activity each, four activities an instance.')
@minValue(1)
@maxValue(100)
param maximumInstanceCount int = 40

@description('Memory of an instance of Flex Consumption.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances that are always there. On Flex Consumption 0 starts one when there is work; Elastic Premium has at least 1.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Size of an instance of Elastic Premium.')
@allowed(['EP1', 'EP2', 'EP3'])
param premiumSku string = 'EP1'

@description('Lets Durable Task Scheduler keep the history of runs instead of the host storage.')
param useDurableTaskScheduler bool = false

@description('Tags of all resources.')
param tags tagsType = {}

// ---- What it backs up

@description('STAMP_NAME: a name of this stamp that no other one uses in the same vault.')
@minLength(1)
@maxLength(40)
param stampName string = 'stamp'

@description('BACKUP_COMPONENTS: some of databases, fileshare, secrets. fileshare needs fileShareSmbUrl.')
param backupComponents string = 'databases,secrets'

@description('BACKUP_SCHEDULE: NCRONTAB with seconds, in UTC.')
param backupSchedule string = '0 0 2 * * *'

@description('DRILL_SCHEDULE: NCRONTAB with seconds, in UTC; off for none. Empty: Sundays at six where there is something to restore on trial, the share or databases on DRILL_SQL_SERVER of moreSettings; off otherwise.')
param drillSchedule string = ''

@description('SQL_SERVERS: comma list of host, host:port or host\\instance.')
param sqlServers string = ''

@description('SQL_USER: the login that backs up.')
param sqlUser string = ''

@description('SQL_PASSWORD: goes into the vault. Empty leaves the one that is there.')
@secure()
param sqlPassword string = ''

@description('SQL_DATABASES.')
param sqlDatabases string = 'appservice_hosting,appservice_metering,master'

@description('SQL_BACKUP_MODE: url has SQL Server write into the backup storage by itself; disk has it write to sqlBackupDirectory, which is read over SMB.')
@allowed(['url', 'disk'])
param sqlBackupMode string = 'url'

@description('SQL_BACKUP_DIRECTORY: for disk, where SQL Server writes its backups, as it sees it.')
param sqlBackupDirectory string = ''

@description('SQL_BACKUP_DIRECTORY_LOCAL: for disk, the same as smb://host/share[/path]. The app has to reach port 445 there.')
param sqlBackupDirectoryLocal string = ''

@description('SQL_BACKUP_DIRECTORY_USER: for disk, the account that reads it; fileShareUser when empty.')
param sqlBackupDirectoryUser string = ''

@description('SQL_BACKUP_DIRECTORY_PASSWORD: goes into the vault. Empty leaves the one that is there.')
@secure()
param sqlBackupDirectoryPassword string = ''

@description('FILE_SHARE_SMB_URL: smb://host/share[/path] of the tenant file share, read without a mount. The app has to reach port 445 there.')
param fileShareSmbUrl string = ''

@description('FILE_SHARE_USER: DOMAIN\\user or user@domain that may read all of it.')
param fileShareUser string = ''

@description('FILE_SHARE_PASSWORD: goes into the vault. Empty leaves the one that is there.')
@secure()
param fileSharePassword string = ''

@description('SYSTEM_SECRETS_PATH: blob:CONTAINER/NAME in the backup storage; empty where SystemSecrets.JSON is handed over in another way.')
#disable-next-line secure-secrets-in-params // It says where the file is left, and holds nothing of it.
param systemSecretsPath string = ''

@description('webhook posts the outcome of runs to notifyWebhookUrl.')
@allowed(['nobody', 'webhook'])
param notify string = 'nobody'

@description('NOTIFY_WEBHOOK_URL: goes into the vault. Empty leaves the one that is there.')
@secure()
param notifyWebhookUrl string = ''

@description('Every other setting that a plan of Azure can serve.')
param moreSettings moreSettingsType = {}

// ---- Where recovery points are kept

@description('BACKUP_CONTAINER.')
@minLength(3)
@maxLength(59)
param backupContainer string = 'hubkeep'

@description('Resource group of the backup storage, which must exist; this one unless set. One in another subscription outlives whatever happens to this one.')
param backupResourceGroup string = resourceGroup().name

@description('Subscription of that resource group.')
param backupSubscriptionId string = subscription().subscriptionId

@description('Replication of the backup storage.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param backupStorageSku string = 'Standard_ZRS'

@description('Days for which what was deleted or overwritten can be brought back.')
@minValue(1)
@maxValue(365)
param deletedRetentionDays int = 35

@description('Days after which packs and database backups move to the cool tier; 0 for never. It bills at least 30 days.')
@minValue(0)
param coolAfterDays int = 30

@description('Days after which they move on to the cold tier; 0 for never. It bills at least 90 days.')
@minValue(0)
param coldAfterDays int = 0

@description('Days for which no version of a blob in the backup container can be deleted by anybody; 0 for off. Only when the container is made, and never taken back.')
@minValue(0)
@maxValue(146000)
param immutabilityDays int = 0

@description('True once an operator has locked that policy, which then is left alone.')
param immutabilityLocked bool = false

@description('Days for which the vault keeps what was deleted, and itself.')
@minValue(7)
@maxValue(90)
param vaultRetentionDays int = 90

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

// ---- How it is reached

@description('public: public endpoints, identity alone decides. integrated: the app is in a virtual network with private endpoints, and firewalls hold for all others. lockedDown: nothing has a public endpoint, the app neither.')
@allowed(['public', 'integrated', 'lockedDown'])
param network string = 'public'

@description('Address space of the virtual network that is made; /25 or larger.')
param vnetAddressPrefix string = '10.90.0.0/24'

@description('Subnet for what the app sends, in place of a new virtual network: empty of others and delegated to Microsoft.App/environments (flex) or Microsoft.Web/serverFarms.')
param appSubnetId string = ''

@description('Subnet for private endpoints, in the same virtual network.')
param endpointSubnetId string = ''

@description('False where private DNS zones are kept centrally.')
param createPrivateDnsZones bool = true

@description('Public addresses or ranges that pass the firewalls of storage and vault: of SQL Servers that back up to it, of operators, and of who uploads the package.')
param allowedIpRanges string[] = []

// ---- What no plan of Azure can serve is refused here, before anything is made

var components = map(split(backupComponents, ','), component => trim(component))
var unknownComponents = filter(components, component => !contains(['databases', 'fileshare', 'secrets'], component))
var dropParts = split(replace(systemSecretsPath, 'blob:', ''), '/')

var checkedComponents = !empty(unknownComponents)
  ? fail('backupComponents: must list some of databases, fileshare, secrets, separated by commas.')
  : contains(components, 'fileshare') && (empty(fileShareSmbUrl) || empty(fileShareUser))
      ? fail('fileShareSmbUrl, fileShareUser: no plan of Azure can mount the share of the stamp. Set both to have it read over SMB, or take fileshare out of backupComponents and back it up from a host beside the stamp (docs/hosting.md).')
      : components
var withDatabases = contains(checkedComponents, 'databases')
var withShare = contains(checkedComponents, 'fileshare')
var withSecrets = contains(checkedComponents, 'secrets')
var checkedBackupMode = sqlBackupMode == 'url' || !withDatabases
  ? sqlBackupMode
  : empty(sqlBackupDirectory) || !startsWith(toLower(sqlBackupDirectoryLocal), 'smb://')
      ? fail('sqlBackupDirectory, sqlBackupDirectoryLocal: no plan of Azure can mount the staging directory that disk needs. Set both, the latter as smb://host/share, or sqlBackupMode to url, or back databases up from a host beside the stamp (docs/hosting.md).')
      : empty(sqlBackupDirectoryUser) && !withShare
          ? fail('sqlBackupDirectoryUser: is needed to read sqlBackupDirectoryLocal where no account of the share is set.')
          : moreSettings.?DRILL_SQL_SERVER != null
              ? fail('moreSettings: DRILL_SQL_SERVER is handed backups through a directory that Hubkeep writes to, and no plan of Azure can. Take it out, or set sqlBackupMode to url.')
              : sqlBackupMode
var checkedSqlServers = withDatabases && (empty(sqlServers) || empty(sqlUser))
  ? fail('sqlServers, sqlUser: are needed for databases. Set both, or take databases out of backupComponents.')
  : sqlServers
var checkedDropContainer = empty(systemSecretsPath) || !withSecrets
  ? ''
  : !startsWith(systemSecretsPath, 'blob:') || length(dropParts) < 2
      ? fail('systemSecretsPath: no plan of Azure sees a path of the stamp. Use blob:CONTAINER/NAME, or hand SystemSecrets.JSON over in another way (docs/secrets.md).')
      : contains([backupContainer, '${backupContainer}-sql'], dropParts[0])
          ? fail('systemSecretsPath: names a container that holds backups. Use one of its own, such as ${backupContainer}-drop.')
          : dropParts[0]
var checkedPlan = plan == 'container' && empty(containerImage)
  ? fail('containerImage: is needed for the plan container.')
  : plan != 'container' && !empty('${containerImage}${containerRegistryName}')
      ? fail('containerImage, containerRegistryName: are for the plan container alone.')
      : plan == 'container' && !empty(packageUri)
          ? fail('packageUri: an image brings its own package.')
          : contains(packageUri, '?')
              ? fail('packageUri: must not hold a signature, which deployments would keep in plain text.')
              : plan != 'premium' && !empty(packageUploaderId)
                  ? fail('packageUploaderId: only for the plan premium is the package uploaded as a blob.')
                  : plan
var checkedSubnets = empty(appSubnetId) == empty(endpointSubnetId)
  ? appSubnetId
  : fail('appSubnetId, endpointSubnetId: set both or none.')
var checkedIpRanges = !empty(allowedIpRanges) && network != 'integrated'
  ? fail('allowedIpRanges: there is a firewall with network integrated alone.')
  : allowedIpRanges
var checkedColdAfterDays = coldAfterDays > 0 && coldAfterDays <= coolAfterDays
  ? fail('coldAfterDays: must be more than coolAfterDays, or 0.')
  : coldAfterDays

// ---- Names

var token = uniqueString(resourceGroup().id, environmentName)
var allTags = union(tags, { 'azd-env-name': environmentName })
var identityName = 'id-hubkeep-${token}'
var workspaceName = 'log-hubkeep-${token}'
var insightsName = 'appi-hubkeep-${token}'
var hostStorageName = 'sthost${token}'
var backupStorageName = 'stbackup${token}'
var vaultName = 'kv-${token}'
var taskSchedulerName = 'dts-hubkeep-${token}'
var taskHubName = 'hubkeep'
var networkName = 'vnet-hubkeep-${token}'
var packageContainer = 'packages'
var sqlContainer = withDatabases ? '${backupContainer}-sql' : ''
var isInNetwork = network != 'public'
var isOpen = network != 'lockedDown'
var dataAccess = network == 'public' ? 'public' : network == 'integrated' ? 'firewall' : 'private'
var madeSubnets = isInNetwork && empty(checkedSubnets)
var storageSuffix = environment().suffixes.storage

// ---- Resources

module identity './modules/identity.bicep' = {
  params: {
    name: identityName
    location: location
    tags: allTags
  }
}

module monitoring './modules/monitoring.bicep' = {
  params: {
    workspaceName: workspaceName
    insightsName: insightsName
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    isPublic: isOpen
  }
}

module hostStorage './modules/host-storage.bicep' = {
  params: {
    name: hostStorageName
    location: location
    tags: allTags
    packageContainer: packageContainer
    access: dataAccess
    allowedIpRanges: checkedIpRanges
    workspaceId: monitoring.outputs.workspaceId
  }
}

module backupStorage './modules/backup-storage.bicep' = {
  scope: resourceGroup(backupSubscriptionId, backupResourceGroup)
  params: {
    name: backupStorageName
    location: location
    tags: allTags
    sku: backupStorageSku
    container: backupContainer
    sqlContainer: sqlContainer
    dropContainer: checkedDropContainer
    deletedRetentionDays: deletedRetentionDays
    coolAfterDays: coolAfterDays
    coldAfterDays: checkedColdAfterDays
    immutabilityDays: immutabilityDays
    immutabilityLocked: immutabilityLocked
    access: dataAccess
    allowedIpRanges: checkedIpRanges
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault './modules/vault.bicep' = {
  params: {
    name: vaultName
    location: location
    tags: allTags
    retentionDays: vaultRetentionDays
    access: dataAccess
    allowedIpRanges: checkedIpRanges
    workspaceId: monitoring.outputs.workspaceId
    sqlPassword: sqlPassword
    sqlBackupDirectoryPassword: sqlBackupDirectoryPassword
    fileSharePassword: fileSharePassword
    notifyWebhookUrl: notifyWebhookUrl
  }
}

module taskScheduler './modules/task-scheduler.bicep' = if (useDurableTaskScheduler) {
  params: {
    name: taskSchedulerName
    location: location
    tags: allTags
    taskHubName: taskHubName
    isPublic: !isInNetwork
  }
}

module madeNetwork './modules/network.bicep' = if (madeSubnets) {
  params: {
    name: networkName
    location: location
    tags: allTags
    addressPrefix: vnetAddressPrefix
    delegation: checkedPlan == 'flex' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
  }
}

var networkId = madeSubnets
  ? resourceId('Microsoft.Network/virtualNetworks', networkName)
  : first(split(endpointSubnetId, '/subnets/'))

module privateAccess './modules/private-access.bicep' = if (isInNetwork) {
  params: {
    token: token
    location: location
    tags: allTags
    subnetId: madeSubnets ? madeNetwork!.outputs.endpointSubnetId : endpointSubnetId
    networkId: networkId
    createZones: createPrivateDnsZones
    isLockedDown: !isOpen
    hostStorageName: hostStorageName
    backupStorageId: resourceId(backupSubscriptionId, backupResourceGroup, 'Microsoft.Storage/storageAccounts', backupStorageName)
    vaultName: vaultName
    taskSchedulerName: useDurableTaskScheduler ? taskSchedulerName : ''
    workspaceName: workspaceName
    insightsName: insightsName
  }
  dependsOn: [hostStorage, backupStorage, vault, taskScheduler, monitoring]
}

module hostRoles './modules/roles.bicep' = {
  params: {
    principalId: identity.outputs.principalId
    identityName: identityName
    hostStorageName: hostStorageName
    packageContainer: packageContainer
    withQueuesAndTables: !useDurableTaskScheduler
    packageUploaderId: packageUploaderId
    vaultName: vaultName
    insightsName: insightsName
    taskSchedulerName: useDurableTaskScheduler ? taskSchedulerName : ''
    taskHubName: taskHubName
    registryName: containerRegistryName
  }
  dependsOn: [hostStorage, vault, monitoring, taskScheduler]
}

module backupRoles './modules/roles.bicep' = {
  scope: resourceGroup(backupSubscriptionId, backupResourceGroup)
  params: {
    principalId: identity.outputs.principalId
    identityName: identityName
    backupStorageName: backupStorageName
    backupContainer: backupContainer
    sqlContainer: sqlContainer
    dropContainer: checkedDropContainer
  }
  dependsOn: [backupStorage]
}

// ---- App settings

var hubkeepSettings = {
  STAMP_NAME: stampName
  BACKUP_SCHEDULE: backupSchedule
  BACKUP_COMPONENTS: join(checkedComponents, ',')
  BACKUP_CONTAINER: backupContainer
  BACKUP_STORAGE_URL: 'https://${backupStorageName}.blob.${storageSuffix}'
  DRILL_SCHEDULE: drillSchedule
  ...(withDatabases
    ? {
        SQL_SERVERS: checkedSqlServers
        SQL_USER: sqlUser
        SQL_PASSWORD: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secretNames.SQL_PASSWORD})'
        SQL_DATABASES: sqlDatabases
        SQL_BACKUP_MODE: checkedBackupMode
      }
    : {})
  ...(withDatabases && checkedBackupMode == 'disk'
    ? {
        SQL_BACKUP_DIRECTORY: sqlBackupDirectory
        SQL_BACKUP_DIRECTORY_LOCAL: sqlBackupDirectoryLocal
      }
    : {})
  ...(withDatabases && checkedBackupMode == 'disk' && !empty(sqlBackupDirectoryUser)
    ? {
        SQL_BACKUP_DIRECTORY_USER: sqlBackupDirectoryUser
        SQL_BACKUP_DIRECTORY_PASSWORD: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secretNames.SQL_BACKUP_DIRECTORY_PASSWORD})'
      }
    : {})
  ...(withShare
    ? {
        FILE_SHARE_SMB_URL: fileShareSmbUrl
        FILE_SHARE_USER: fileShareUser
        FILE_SHARE_PASSWORD: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secretNames.FILE_SHARE_PASSWORD})'
      }
    : {})
  ...(withSecrets ? { KEY_VAULT_URL: 'https://${vaultName}${environment().suffixes.keyvaultDns}' } : {})
  ...(empty(checkedDropContainer) ? {} : { SYSTEM_SECRETS_PATH: systemSecretsPath })
  ...(notify == 'webhook'
    ? { NOTIFY_WEBHOOK_URL: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secretNames.NOTIFY_WEBHOOK_URL})' }
    : {})
  ...toObject(filter(items(moreSettings), item => item.?value != null), item => item.key, item => string(item.?value))
}

module app './modules/app.bicep' = {
  params: {
    plan: checkedPlan
    token: token
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostStorageName: hostStorageName
    packageContainer: packageContainer
    packageContainerUrl: hostStorage.outputs.packageContainerUrl
    packageUri: packageUri
    containerImage: containerImage
    pullsByIdentity: !empty(containerRegistryName)
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    useTaskScheduler: useDurableTaskScheduler
    taskSchedulerEndpoint: useDurableTaskScheduler ? taskScheduler!.outputs.endpoint : ''
    hubkeepSettings: hubkeepSettings
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
    premiumSku: premiumSku
    subnetId: isInNetwork ? (madeSubnets ? madeNetwork!.outputs.appSubnetId : appSubnetId) : ''
    isPublic: isOpen
    workspaceId: monitoring.outputs.workspaceId
  }
  // An app that starts before it may read its storage and its secrets waits long with what it could not resolve.
  dependsOn: [hostRoles, backupRoles, privateAccess]
}

module appEndpoint './modules/private-endpoint.bicep' = if (!isOpen) {
  params: {
    name: 'pe-app-${token}'
    location: location
    tags: allTags
    subnetId: madeSubnets ? madeNetwork!.outputs.endpointSubnetId : endpointSubnetId
    targetId: app.outputs.id
    groupId: 'sites'
    zones: createPrivateDnsZones ? ['sites'] : []
  }
  dependsOn: [privateAccess]
}

// ---- Outputs: names and addresses, nothing that opens anything

output functionAppName string = app.outputs.name
output functionAppUrl string = 'https://${app.outputs.hostName}'
output backupStorageUrl string = backupStorage.outputs.blobUrl
output backupStorageName string = backupStorage.outputs.name
output keyVaultUrl string = vault.outputs.url
output packageContainerUrl string = hostStorage.outputs.packageContainerUrl
output identityPrincipalId string = identity.outputs.principalId

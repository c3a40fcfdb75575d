metadata description = 'Every right that Hubkeep has, and why. Called once for each resource group that holds something of it; docs/security.md is the same list.'

@description('Object id of the identity of the app.')
param principalId string
@description('Its name: names of assignments must be known before it is made.')
param identityName string
@description('Empty where the host storage is not in this resource group; so with the others.')
param hostStorageName string = ''
param packageContainer string = ''
@description('Queues and tables are for Durable Functions, unless Durable Task Scheduler does their work.')
param withQueuesAndTables bool = false
@description('Object id of who uploads the package; empty for nobody.')
param packageUploaderId string = ''
param vaultName string = ''
param insightsName string = ''
param taskSchedulerName string = ''
param taskHubName string = ''
param registryName string = ''
param backupStorageName string = ''
param backupContainer string = ''
param sqlContainer string = ''
param dropContainer string = ''

var roleIds = {
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  'Durable Task Data Contributor': '0ad04412-c4d5-4796-b79c-f76d14c8d402'
  'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Data Reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  'Storage Blob Delegator': 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

// Stands in where there is none, for a name must not be empty. Nothing is looked up under it.
var none = 'none'

resource hostStorage 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: empty(hostStorageName) ? none : hostStorageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource packages 'containers' existing = {
      name: empty(packageContainer) ? none : packageContainer
    }
  }
}

resource backupStorage 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: empty(backupStorageName) ? none : backupStorageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource points 'containers' existing = {
      name: empty(backupContainer) ? none : backupContainer
    }

    resource sqlBackups 'containers' existing = {
      name: empty(sqlContainer) ? none : sqlContainer
    }

    resource drop 'containers' existing = {
      name: empty(dropContainer) ? none : dropContainer
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: empty(vaultName) ? none : vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: empty(insightsName) ? none : insightsName
}

resource taskScheduler 'Microsoft.DurableTask/schedulers@2026-02-01' existing = {
  name: empty(taskSchedulerName) ? none : taskSchedulerName

  resource taskHub 'taskHubs' existing = {
    name: empty(taskHubName) ? none : taskHubName
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: empty(registryName) ? none : registryName
}

resource hostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(hostStorageName)) {
  scope: hostStorage
  name: guid(hostStorage.id, identityName, roleIds['Storage Blob Data Owner'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Data Owner'])
    description: 'The Functions host keeps its leases, keys, timers and the package there, and asks for this role by name.'
  }
}

resource hostQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(hostStorageName) && withQueuesAndTables) {
  scope: hostStorage
  name: guid(hostStorage.id, identityName, roleIds['Storage Queue Data Contributor'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Queue Data Contributor'])
    description: 'Durable Functions sends work between its steps as queue messages.'
  }
}

resource hostTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(hostStorageName) && withQueuesAndTables) {
  scope: hostStorage
  name: guid(hostStorage.id, identityName, roleIds['Storage Table Data Contributor'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Table Data Contributor'])
    description: 'Durable Functions keeps the history of orchestrations in tables.'
  }
}

resource packageUpload 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(hostStorageName) && !empty(packageUploaderId)) {
  scope: hostStorage::blobs::packages
  name: guid(hostStorage::blobs::packages.id, packageUploaderId, roleIds['Storage Blob Data Contributor'])
  properties: {
    principalId: packageUploaderId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Data Contributor'])
    description: 'Who deploys to Elastic Premium uploads the package as a blob, from which the app runs.'
  }
}

resource backupPoints 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(backupStorageName) && !empty(backupContainer)) {
  scope: backupStorage::blobs::points
  name: guid(backupStorage::blobs::points.id, identityName, roleIds['Storage Blob Data Contributor'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Data Contributor'])
    description: 'Hubkeep writes recovery points, reads them back, and deletes what a run leaves behind.'
  }
}

resource backupSql 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(backupStorageName) && !empty(sqlContainer)) {
  scope: backupStorage::blobs::sqlBackups
  name: guid(backupStorage::blobs::sqlBackups.id, identityName, roleIds['Storage Blob Data Contributor'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Data Contributor'])
    description: 'The signature that SQL Server writes its backups with can do no more than this identity may.'
  }
}

resource backupSignatures 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(backupStorageName) && !empty(sqlContainer)) {
  scope: backupStorage
  name: guid(backupStorage.id, identityName, roleIds['Storage Blob Delegator'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Delegator'])
    description: 'A signature without account key is made with a user delegation key, which only the account gives out.'
  }
}

resource backupDrop 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(backupStorageName) && !empty(dropContainer)) {
  scope: backupStorage::blobs::drop
  name: guid(backupStorage::blobs::drop.id, identityName, roleIds['Storage Blob Data Reader'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Storage Blob Data Reader'])
    description: 'Hubkeep reads SystemSecrets.JSON where it was left; this account could not forget it, so that nothing is deleted there.'
  }
}

resource vaultSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(vaultName)) {
  scope: vault
  name: guid(vault.id, identityName, roleIds['Key Vault Secrets Officer'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Key Vault Secrets Officer'])
    description: 'Hubkeep stores versions of SystemSecrets.JSON, reads them back and tags them; the host resolves the references in app settings.'
  }
}

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(insightsName)) {
  scope: insights
  name: guid(insights.id, identityName, roleIds['Monitoring Metrics Publisher'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Monitoring Metrics Publisher'])
    description: 'Application Insights takes telemetry from who signs in and from nobody else.'
  }
}

resource taskHubData 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(taskSchedulerName)) {
  scope: taskScheduler::taskHub
  name: guid(taskScheduler::taskHub.id, identityName, roleIds['Durable Task Data Contributor'])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Durable Task Data Contributor'])
    description: 'The Durable extension starts, runs and asks for orchestrations in this task hub.'
  }
}

resource imagePull 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(registryName)) {
  scope: registry
  name: guid(registry.id, identityName, roleIds.AcrPull)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.AcrPull)
    description: 'App Service pulls the container image as this identity.'
  }
}

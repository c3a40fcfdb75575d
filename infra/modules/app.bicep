metadata description = 'The function app on the plan that was chosen, with all its settings.'

import { tagsType } from '../types.bicep'

param plan 'flex' | 'premium' | 'container'
param token string
param location string
param tags tagsType
param identityId string
param identityClientId string
param hostStorageName string
param packageContainer string
param packageContainerUrl string
param packageUri string
param containerImage string
param pullsByIdentity bool
param insightsConnectionString string
@description('False where the host storage keeps the history of runs. Said apart from the endpoint, which is not known beforehand.')
param useTaskScheduler bool
param taskSchedulerEndpoint string
@description('Settings of Hubkeep: those of src/config/schema.ts.')
param hubkeepSettings tagsType
param maximumInstanceCount int
param instanceMemoryMB 512 | 2048 | 4096
param alwaysReadyInstances int
param premiumSku 'EP1' | 'EP2' | 'EP3'
param subnetId string
param isPublic bool
param workspaceId string

var name = 'func-hubkeep-${token}'
var planName = 'plan-hubkeep-${token}'
var packageUrl = 'https://${hostStorageName}.blob.${environment().suffixes.storage}/${packageContainer}/hubkeep-functions.zip'

var hostSettings = {
  // Chooses the identity that DefaultAzureCredential signs in with.
  AZURE_CLIENT_ID: identityClientId
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  UV_THREADPOOL_SIZE: '16'
}

// They override host.json, which names no storage provider.
var taskSchedulerSettings = useTaskScheduler
  ? {
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${taskSchedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
    }
  : {}

// Flex Consumption has these in functionAppConfig and refuses them here.
var premiumSettings = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'node'
  ...(plan == 'container'
    // The image of deploy/container listens there, for lower ports take root.
    ? { WEBSITES_ENABLE_APP_SERVICE_STORAGE: 'false', WEBSITES_PORT: '8080' }
    : empty(packageUri)
        ? { WEBSITE_RUN_FROM_PACKAGE: packageUrl, WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identityId }
        : { WEBSITE_RUN_FROM_PACKAGE: packageUri })
}

module flex './flex-app.bicep' = if (plan == 'flex') {
  params: {
    name: name
    planName: planName
    location: location
    tags: tags
    identityId: identityId
    packageContainerUrl: packageContainerUrl
    settings: { ...hubkeepSettings, ...hostSettings, ...taskSchedulerSettings }
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
    subnetId: subnetId
    isPublic: isPublic
    packageUri: packageUri
    workspaceId: workspaceId
  }
}

module premium './premium-app.bicep' = if (plan != 'flex') {
  params: {
    name: name
    planName: planName
    location: location
    tags: tags
    sku: premiumSku
    minimumInstanceCount: max(1, alwaysReadyInstances)
    maximumInstanceCount: maximumInstanceCount
    identityId: identityId
    identityClientId: identityClientId
    settings: { ...hubkeepSettings, ...hostSettings, ...taskSchedulerSettings, ...premiumSettings }
    containerImage: containerImage
    pullsByIdentity: pullsByIdentity
    subnetId: subnetId
    isPublic: isPublic
    workspaceId: workspaceId
  }
}

output id string = plan == 'flex' ? flex!.outputs.id : premium!.outputs.id
output name string = plan == 'flex' ? flex!.outputs.name : premium!.outputs.name
output hostName string = plan == 'flex' ? flex!.outputs.hostName : premium!.outputs.hostName

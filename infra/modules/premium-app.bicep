metadata description = 'The app on Elastic Premium: from the package, or as a container.'

import { tagsType } from '../types.bicep'

param name string
param planName string
param location string
param tags tagsType
param sku 'EP1' | 'EP2' | 'EP3'
@minValue(1)
@maxValue(20)
param minimumInstanceCount int
@minValue(1)
@maxValue(100)
param maximumInstanceCount int
param identityId string
param identityClientId string
param settings tagsType
@description('Empty for the package.')
param containerImage string
@description('True where the image lies in an Azure container registry that the identity may pull from.')
param pullsByIdentity bool
@description('Empty where the app sends everything to the internet.')
param subnetId string
param isPublic bool
param workspaceId string

var isContainer = !empty(containerImage)
var isInNetwork = !empty(subnetId)

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'elastic'
  sku: {
    tier: 'ElasticPremium'
    name: sku
  }
  properties: {
    reserved: true
    maximumElasticWorkerCount: maximumInstanceCount
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: isContainer ? 'functionapp,linux,container' : 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    reserved: true
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: isInNetwork ? subnetId : null
    outboundVnetRouting: {
      allTraffic: isInNetwork
    }
    siteConfig: {
      linuxFxVersion: isContainer ? 'DOCKER|${containerImage}' : 'NODE|24'
      acrUseManagedIdentityCreds: pullsByIdentity
      acrUserManagedIdentityID: pullsByIdentity ? identityClientId : null
      minimumElasticInstanceCount: minimumInstanceCount
      // Without it the scale controller cannot see queues behind a private endpoint.
      functionsRuntimeScaleMonitoringEnabled: isInNetwork
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      appSettings: [
        for setting in items(settings): {
          name: setting.key
          value: setting.value
        }
      ]
    }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

#disable-next-line use-recent-api-versions // The one stable version is of 2016 and knows no groups of categories.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName

metadata description = 'Where logs and telemetry go. Neither takes a key: who writes signs in.'

import { tagsType } from '../types.bicep'

param workspaceName string
param insightsName string
param location string
param tags tagsType
param retentionDays int
@description('Off where telemetry comes in through private endpoints alone.')
param isPublic bool

var access = isPublic ? 'Enabled' : 'Disabled'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    publicNetworkAccessForIngestion: access
    publicNetworkAccessForQuery: access
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // Its connection string says where to send telemetry to, and opens nothing.
    DisableLocalAuth: true
    publicNetworkAccessForIngestion: access
    publicNetworkAccessForQuery: access
  }
}

output workspaceId string = workspace.id
output workspaceName string = workspace.name
output insightsName string = insights.name
output insightsConnectionString string = insights.properties.ConnectionString

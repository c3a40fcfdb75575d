metadata description = 'Takes telemetry and queries through a private endpoint instead of the public ones of Azure Monitor.'

import { tagsType } from '../types.bicep'

param name string
param tags tagsType
param workspaceName string
param insightsName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource scope 'Microsoft.Insights/privateLinkScopes@2021-09-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    accessModeSettings: {
      ingestionAccessMode: 'PrivateOnly'
      // Other workspaces of the organisation stay reachable from this network.
      queryAccessMode: 'Open'
    }
  }

  resource logs 'scopedResources' = {
    name: 'workspace'
    properties: {
      linkedResourceId: workspace.id
    }
  }

  resource telemetry 'scopedResources' = {
    name: 'insights'
    properties: {
      linkedResourceId: insights.id
    }
  }
}

output id string = scope.id

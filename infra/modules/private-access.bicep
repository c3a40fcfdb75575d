metadata description = 'Private endpoints for what the app talks to, and the zones that resolve them.'

import { tagsType } from '../types.bicep'

param token string
param location string
param tags tagsType
param subnetId string
param networkId string
param createZones bool
@description('True also takes telemetry and the app itself off the internet.')
param isLockedDown bool
param hostStorageName string
param backupStorageId string
param vaultName string
@description('Empty for none.')
param taskSchedulerName string
param workspaceName string
param insightsName string

var monitorScopeName = 'ampls-hubkeep-${token}'
var monitorZones = ['monitor', 'oms', 'ods', 'agents', 'blob']
var targets = [
  ...map(['blob', 'queue', 'table'], service => {
    name: 'host-${service}'
    id: resourceId('Microsoft.Storage/storageAccounts', hostStorageName)
    group: service
    zones: [service]
  })
  {
    name: 'backup-blob'
    id: backupStorageId
    group: 'blob'
    zones: ['blob']
  }
  {
    name: 'vault'
    id: resourceId('Microsoft.KeyVault/vaults', vaultName)
    group: 'vault'
    zones: ['vault']
  }
  ...(empty(taskSchedulerName)
    ? []
    : [
        {
          name: 'scheduler'
          id: resourceId('Microsoft.DurableTask/schedulers', taskSchedulerName)
          group: 'scheduler'
          zones: ['scheduler']
        }
      ])
  ...(isLockedDown
    ? [
        {
          name: 'monitor'
          id: resourceId('Microsoft.Insights/privateLinkScopes', monitorScopeName)
          group: 'azuremonitor'
          zones: monitorZones
        }
      ]
    : [])
]
var zones = [
  'blob'
  'queue'
  'table'
  'vault'
  ...(empty(taskSchedulerName) ? [] : ['scheduler'])
  ...(isLockedDown ? ['sites', 'monitor', 'oms', 'ods', 'agents'] : [])
]

module zone './private-dns-zone.bicep' = [
  for zone in (createZones ? zones : []): {
    params: {
      zone: zone
      tags: tags
      networkId: networkId
    }
  }
]

module monitorScope './monitor-scope.bicep' = if (isLockedDown) {
  params: {
    name: monitorScopeName
    tags: tags
    workspaceName: workspaceName
    insightsName: insightsName
  }
}

module endpoint './private-endpoint.bicep' = [
  for target in targets: {
    params: {
      name: 'pe-${target.name}-${token}'
      location: location
      tags: tags
      subnetId: subnetId
      targetId: target.id
      groupId: target.group
      zones: createZones ? target.zones : []
    }
    dependsOn: [zone, monitorScope]
  }
]

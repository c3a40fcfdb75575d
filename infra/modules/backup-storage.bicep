metadata description = 'Where recovery points are kept. Nothing in here deletes what Hubkeep has not deleted before.'

import { tagsType } from '../types.bicep'

param name string
param location string
param tags tagsType
param sku string
@description('Holds the recovery points.')
param container string
@description('What SQL Server writes to by itself; empty for none.')
param sqlContainer string
@description('Where SystemSecrets.JSON is left; empty for none.')
param dropContainer string
@minValue(1)
@maxValue(365)
param deletedRetentionDays int
@minValue(0)
param coolAfterDays int
@minValue(0)
param coldAfterDays int
@minValue(0)
param immutabilityDays int
@description('True leaves the policy alone: one that was locked refuses to be written again.')
param immutabilityLocked bool
param access 'public' | 'firewall' | 'private'
param allowedIpRanges string[]
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: access == 'private' ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: access == 'public' ? 'Allow' : 'Deny'
      ipRules: [
        for range in allowedIpRanges: {
          action: 'Allow'
          value: range
        }
      ]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2026-04-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: deletedRetentionDays
      allowPermanentDelete: false
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: deletedRetentionDays
    }
  }
}

resource points 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' = {
  parent: blobs
  name: container
  properties: {
    publicAccess: 'None'
    // Cannot be taken back, so it is there only where it was asked for.
    immutableStorageWithVersioning: immutabilityDays > 0 ? { enabled: true } : null
  }
}

// Unlocked: it can be shortened and removed until an operator locks it, which nobody can undo.
resource immutability 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2026-04-01' = if (immutabilityDays > 0 && !immutabilityLocked) {
  parent: points
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: immutabilityDays
  }
}

// Without a policy: Hubkeep notes a hash beside each blob that SQL Server has written, and a protected version lets nobody do that.
resource sqlBackups 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' = if (!empty(sqlContainer)) {
  parent: blobs
  name: empty(sqlContainer) ? 'none' : sqlContainer
  properties: {
    publicAccess: 'None'
  }
}

resource drop 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' = if (!empty(dropContainer)) {
  parent: blobs
  name: empty(dropContainer) ? 'none' : dropContainer
  properties: {
    publicAccess: 'None'
  }
}

var coolerTiers = {
  ...(coolAfterDays > 0 ? { tierToCool: { daysAfterModificationGreaterThan: coolAfterDays } } : {})
  ...(coldAfterDays > 0 ? { tierToCold: { daysAfterModificationGreaterThan: coldAfterDays } } : {})
}

// Packs and database backups are written once, and read by restores, drills and verifications alone. Index, contents, records,
// marks, lock and runs are small, and every run reads or rewrites them: they stay hot.
var tierRules = empty(coolerTiers)
  ? []
  : [
      {
        name: 'old-packs-to-cooler-tiers'
        enabled: true
        type: 'Lifecycle'
        definition: {
          filters: {
            blobTypes: ['blockBlob']
            prefixMatch: [
              '${container}/packs/'
              '${container}/databases/'
              ...(empty(sqlContainer) ? [] : ['${sqlContainer}/databases/'])
            ]
          }
          actions: {
            baseBlob: coolerTiers
          }
        }
      }
    ]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2026-04-01' = {
  parent: account
  name: 'default'
  dependsOn: [blobs]
  properties: {
    policy: {
      rules: [
        ...tierRules
        {
          // The age of a version counts from when it was written, not from when it was replaced: an old blob may lose its
          // version a day after it was deleted. What is promised is soft delete, which keeps that version as many days again.
          name: 'old-versions-go'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: deletedRetentionDays
                }
              }
              snapshot: {
                delete: {
                  daysAfterCreationGreaterThan: deletedRetentionDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

#disable-next-line use-recent-api-versions // The one stable version is of 2016 and knows no groups of categories.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageRead'
        enabled: true
      }
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

output id string = account.id
output name string = account.name
output blobUrl string = account.properties.primaryEndpoints.blob

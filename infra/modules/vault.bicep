metadata description = 'Keeps SystemSecrets.JSON, and the secrets that Hubkeep itself is configured with.'

import { tagsType, secretNames } from '../types.bicep'

param name string
param location string
param tags tagsType
@minValue(7)
@maxValue(90)
param retentionDays int
param access 'public' | 'firewall' | 'private'
param allowedIpRanges string[]
param workspaceId string
@description('Empty leaves the one in the vault as it is.')
@secure()
param sqlPassword string
@description('Empty leaves the one in the vault as it is.')
@secure()
param sqlBackupDirectoryPassword string
@description('Empty leaves the one in the vault as it is.')
@secure()
param fileSharePassword string
@description('Empty leaves the one in the vault as it is.')
@secure()
param notifyWebhookUrl string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: retentionDays
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: access == 'private' ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: access == 'public' ? 'Allow' : 'Deny'
      ipRules: [
        for range in allowedIpRanges: {
          value: range
        }
      ]
      virtualNetworkRules: []
    }
  }

  resource password 'secrets' = if (!empty(sqlPassword)) {
    name: secretNames.SQL_PASSWORD
    properties: {
      value: sqlPassword
      contentType: 'SQL_PASSWORD of Hubkeep'
    }
  }

  resource directoryPassword 'secrets' = if (!empty(sqlBackupDirectoryPassword)) {
    name: secretNames.SQL_BACKUP_DIRECTORY_PASSWORD
    properties: {
      value: sqlBackupDirectoryPassword
      contentType: 'SQL_BACKUP_DIRECTORY_PASSWORD of Hubkeep'
    }
  }

  resource sharePassword 'secrets' = if (!empty(fileSharePassword)) {
    name: secretNames.FILE_SHARE_PASSWORD
    properties: {
      value: fileSharePassword
      contentType: 'FILE_SHARE_PASSWORD of Hubkeep'
    }
  }

  resource webhook 'secrets' = if (!empty(notifyWebhookUrl)) {
    name: secretNames.NOTIFY_WEBHOOK_URL
    properties: {
      value: notifyWebhookUrl
      contentType: 'NOTIFY_WEBHOOK_URL of Hubkeep'
    }
  }
}

#disable-next-line use-recent-api-versions // The one stable version is of 2016 and knows no groups of categories.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
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

output id string = vault.id
output name string = vault.name
output url string = vault.properties.vaultUri

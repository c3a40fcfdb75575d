metadata description = 'One service of one resource, reachable from the virtual network alone.'

import { tagsType } from '../types.bicep'
import { zoneNames, zoneType } from './zones.bicep'

param name string
param location string
param tags tagsType
param subnetId string
param targetId string
param groupId string
@description('Zones that resolve it; empty where somebody else keeps them.')
param zones zoneType[]

resource endpoint 'Microsoft.Network/privateEndpoints@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: targetId
          groupIds: [groupId]
        }
      }
    ]
  }

  resource resolution 'privateDnsZoneGroups' = if (!empty(zones)) {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        for zone in zones: {
          name: zone
          properties: {
            privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zoneNames[zone])
          }
        }
      ]
    }
  }
}

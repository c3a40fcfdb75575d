metadata description = 'A zone that resolves a service to its private endpoint, in one virtual network.'

import { tagsType } from '../types.bicep'
import { zoneNames, zoneType } from './zones.bicep'

param zone zoneType
param tags tagsType
param networkId string

resource dnsZone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneNames[zone]
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'hubkeep'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: networkId
      }
    }
  }
}

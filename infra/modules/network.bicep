metadata description = 'A virtual network with one subnet for what the app sends and one for private endpoints.'

import { tagsType } from '../types.bicep'

param name string
param location string
param tags tagsType
param addressPrefix string
@description('What takes the subnet of the app over: Microsoft.App/environments for Flex Consumption, else Microsoft.Web/serverFarms.')
param delegation string

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressPrefix]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: [
            {
              name: 'app'
              properties: {
                serviceName: delegation
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource app 'subnets' existing = {
    name: 'app'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

output appSubnetId string = network::app.id
output endpointSubnetId string = network::endpoints.id

metadata description = 'Durable Task Scheduler: keeps the history of orchestrations instead of queues and tables of the host storage.'

import { tagsType } from '../types.bicep'

param name string
param location string
param tags tagsType
param taskHubName string
param isPublic bool

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'Consumption'
    }
    // An empty list lets nobody in. Who comes in has to sign in all the same.
    ipAllowlist: isPublic ? ['0.0.0.0/0'] : []
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
  }

  resource taskHub 'taskHubs' = {
    name: taskHubName
  }
}

output id string = scheduler.id
output name string = scheduler.name
output endpoint string = scheduler.properties.endpoint

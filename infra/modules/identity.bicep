metadata description = 'The one identity that Hubkeep signs in with, everywhere.'

import { tagsType } from '../types.bicep'

param name string
param location string
param tags tagsType

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId

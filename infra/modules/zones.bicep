metadata description = 'The names of the private DNS zones of the services that are in use.'

@export()
type zoneType = 'blob' | 'queue' | 'table' | 'vault' | 'scheduler' | 'sites' | 'monitor' | 'oms' | 'ods' | 'agents'

@export()
var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  scheduler: 'privatelink.durabletask.io'
  sites: 'privatelink.azurewebsites.net'
  monitor: 'privatelink.monitor.azure.com'
  oms: 'privatelink.oms.opinsights.azure.com'
  ods: 'privatelink.ods.opinsights.azure.com'
  agents: 'privatelink.agentsvc.azure-automation.net'
}

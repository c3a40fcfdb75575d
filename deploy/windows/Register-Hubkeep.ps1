<#
.SYNOPSIS
  Makes the two scheduled tasks of Hubkeep: a backup every night and a drill every Sunday, whether anybody is signed in or not.
.DESCRIPTION
  Run as Administrator, from the directory that these files were copied to. The account needs the right to log on as a batch job, to read the share and to read and
  delete in the staging directory.
.EXAMPLE
  .\Register-Hubkeep.ps1 -Account 'CONTOSO\hubkeep$'
  A group managed service account: Windows knows its password, and nobody else does.
.EXAMPLE
  .\Register-Hubkeep.ps1 -Credential (Get-Credential)
  An account with a password, where there is no domain. On a file server without one, make a local account of the same name and password there.
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Managed')]
param(
  [Parameter(Mandatory, ParameterSetName = 'Managed')] [ValidatePattern('\$$')] [string] $Account,
  [Parameter(Mandatory, ParameterSetName = 'Password')] [pscredential] $Credential,
  [string] $Program = 'C:\Program Files\Hubkeep',
  [string] $Data = 'C:\ProgramData\Hubkeep'
)

$ErrorActionPreference = 'Stop'
$name = if ($Credential) { $Credential.UserName } else { $Account }

if (-not (Test-Path -LiteralPath (Join-Path $Program 'node_modules\hubkeep\package.json'))) {
  throw "Hubkeep is not in $Program. Install it first: npm install --global --prefix `"$Program`" hubkeep-cli.tgz"
}

if ($PSCmdlet.ShouldProcess($Data, 'Make the directory for settings and logs, for Administrators, SYSTEM and the account alone')) {
  $null = New-Item -ItemType Directory -Force -Path (Join-Path $Data 'logs')
  # By number, since the names differ from language to language.
  & icacls $Data /inheritance:r /grant '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' "${name}:(OI)(CI)RX" | Out-Null
  if ($LASTEXITCODE -ne 0) { throw "icacls could not protect $Data" }
  & icacls (Join-Path $Data 'logs') /grant "${name}:(OI)(CI)M" | Out-Null
  if ($LASTEXITCODE -ne 0) { throw "icacls could not open $Data\logs to $name" }
}

if ($PSCmdlet.ShouldProcess('Application', 'Make the event source Hubkeep') -and -not [Diagnostics.EventLog]::SourceExists('Hubkeep')) {
  New-EventLog -LogName Application -Source Hubkeep
}

Copy-Item -LiteralPath (Join-Path $PSScriptRoot 'Invoke-Hubkeep.ps1') -Destination $Program
# What came in a downloaded archive bears a mark, for which RemoteSigned would refuse it every night.
Unblock-File -LiteralPath (Join-Path $Program 'Invoke-Hubkeep.ps1')

foreach ($task in 'backup', 'drill') {
  [xml] $definition = Get-Content -Raw -LiteralPath (Join-Path $PSScriptRoot "hubkeep-$task.xml")
  $definition.Task.Principals.Principal.UserId = $name
  $definition.Task.Actions.Exec.Arguments = $definition.Task.Actions.Exec.Arguments.Replace('C:\Program Files\Hubkeep', $Program)
  $definition.Task.Actions.Exec.WorkingDirectory = $Data
  $with = @{ TaskPath = '\Hubkeep\'; TaskName = $task; Xml = $definition.OuterXml; Force = $true }
  # Without -User Windows takes the account of the definition, and asks for no password of a managed one.
  if ($Credential) { $with += @{ User = $name; Password = $Credential.GetNetworkCredential().Password } }
  if ($PSCmdlet.ShouldProcess("\Hubkeep\$task", "Register the task for $name")) { $null = Register-ScheduledTask @with }
}

Write-Output "Registered. A first run: Start-ScheduledTask -TaskPath '\Hubkeep\' -TaskName backup; then (Get-ScheduledTaskInfo -TaskPath '\Hubkeep\' -TaskName backup).LastTaskResult is its exit code."

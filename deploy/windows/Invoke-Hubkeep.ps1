<#
.SYNOPSIS
  Runs one command of Hubkeep as a scheduled task does: writes what it says to a file, tells the event log how it ended, and ends with its exit code.
.DESCRIPTION
  Exit codes: 0 done, 1 failed or findings, 2 wrong settings, 3 partial. The event has the number 1000 plus the exit code.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory, Position = 0)] [string] $Command,
  [string] $Program = (Join-Path $PSScriptRoot 'node_modules/hubkeep'),
  [string] $Node = 'node',
  [string] $Data = (Join-Path $env:ProgramData 'Hubkeep'),
  [int] $KeepLogsDays = 90
)

# What Hubkeep writes to stderr is no error of this script.
$ErrorActionPreference = 'Continue'
try { [Console]::OutputEncoding = [Text.Encoding]::UTF8 } catch { Write-Verbose 'There is no console whose encoding could be set.' }

$logs = Join-Path $Data 'logs'
$null = New-Item -ItemType Directory -Force -Path $logs
$log = Join-Path $logs ('{0}-{1}.log' -f $Command, [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ'))

try {
  $package = Get-Content -Raw -ErrorAction Stop (Join-Path $Program 'package.json') | ConvertFrom-Json
  $main = Join-Path $Program $package.bin.hubkeep
  # The two dashes keep Node.js from taking --env-file for its own.
  & $Node '--' $main $Command '--env-file' (Join-Path $Data 'hubkeep.env') 2>&1 | ForEach-Object { "$_" } | Out-File -Encoding utf8 -FilePath $log
  $code = $LASTEXITCODE
} catch {
  "$_" | Out-File -Encoding utf8 -Append -FilePath $log
  $code = $null
}
if ($null -eq $code) { $code = 1 }

Get-ChildItem -Path $logs -Filter '*.log' | Where-Object LastWriteTimeUtc -LT ([DateTime]::UtcNow.AddDays(-$KeepLogsDays)) | Remove-Item

if (Get-Command Write-EventLog -ErrorAction SilentlyContinue) {
  $kind = switch ($code) { 0 { 'Information' } 3 { 'Warning' } default { 'Error' } }
  $text = "hubkeep $Command ended with exit code $code. What it said: $log"
  Write-EventLog -LogName Application -Source Hubkeep -EventId (1000 + $code) -EntryType $kind -Message $text -ErrorAction SilentlyContinue
}

exit $code

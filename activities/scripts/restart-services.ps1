<#
.SYNOPSIS
Restarts services that run, with their running dependents, recycles application pools, and asks whether all is healthy.
.DESCRIPTION
A service that was stopped stays stopped unless StartStopped says otherwise. Before anything is stopped, the running
dependents are noted in the registry, so that a later run brings back what a run that was cut off has left stopped;
the note is removed when all are Running. Nothing is touched where a service or pool is unknown, where a cluster resource
owns a service, or where one is disabled, so that it would not start again. Needs a member of the local Administrators.
.PARAMETER Services
Service names, not display names.
.PARAMETER Pools
IIS application pools; those that are started are recycled.
.PARAMETER Checks
@{ kind; attempts; everySeconds } with port (tcp), url and status (http) or path (script). Asked in their order after the
restarts; each attempt may take 30 seconds.
.PARAMETER StartStopped
Also starts those of Services that do not run.
.PARAMETER UnlessStartedSince
A service that has started since then, by the clock of the sender, is left alone; so is a pool whose worker processes have.
.PARAMETER EventsSince
Also reads the Kerberos events from there on, by the clock of the sender.
.PARAMETER SentAt
The clock of the sender when it asked.
.PARAMETER TimeoutSeconds
For each wait for a state.
.EXAMPLE
. .\prelude.ps1; .\restart-services.ps1 -Services Billing -SentAt (Get-Date) -TimeoutSeconds 60 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [AllowEmptyCollection()] [string[]] $Services,
  [AllowEmptyCollection()] [string[]] $Pools = @(),
  [AllowEmptyCollection()] [psobject[]] $Checks = @(),
  [bool] $StartStopped = $false,
  [Nullable[datetimeoffset]] $UnlessStartedSince,
  [Nullable[datetimeoffset]] $EventsSince,
  [Parameter(Mandatory)] [datetimeoffset] $SentAt,
  [Parameter(Mandatory)] [ValidateRange(1, 86400)] [int] $TimeoutSeconds
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$ahead = [datetimeoffset]::UtcNow - $SentAt

function Test-StartedSince {
  param([Parameter(Mandatory)] [string] $Name)
  if ($null -eq $UnlessStartedSince) { return $false }
  Test-Since (Get-ServiceStart $Name)
}

function Test-Since {
  param([Nullable[datetime]] $Time)
  $null -ne $Time -and $Time.ToUniversalTime() -ge ($UnlessStartedSince + $ahead).UtcDateTime
}

# Whether all of its worker processes have started since: they log on when they start.
function Test-PoolStartedSince {
  param([Parameter(Mandatory)] [string] $Name)
  if ($null -eq $UnlessStartedSince) { return $false }
  $ids = @(Invoke-AppCmd 'list', 'wp', "/apppool.name:$Name", '/text:WP.NAME' | Where-Object { $_ -match '^\d+$' })
  $earlier = @(
    foreach ($id in $ids) {
      $process = Get-CimInstance -ClassName Win32_Process -Filter "ProcessId=$id"
      if ($process -and -not (Test-Since $process.CreationDate)) { $id }
    }
  )
  $ids.Count -gt 0 -and $earlier.Count -eq 0
}

# Each once, whatever the case of its name.
$seen = @{}
$Services = @($Services | Where-Object { -not $seen.ContainsKey($_) } | ForEach-Object { $seen[$_] = $true; $_ })
$seen = @{}
$Pools = @($Pools | Where-Object { -not $seen.ContainsKey($_) } | ForEach-Object { $seen[$_] = $true; $_ })

# All of them first: nothing is touched where one is unknown, or cannot be started again.
$checkNames = @(foreach ($check in $Checks) { Get-CheckName $check })
$plan = @{}
foreach ($name in $Services) {
  $null = Get-NamedService $name
  $plan[$name] = switch (Wait-Settled $name) {
    'Running' { if (Test-StartedSince $name) { 'skipped' } else { 'restarted' } }
    'Stopped' { if ($StartStopped) { 'started' } else { 'skipped' } }
    default { 'skipped' }
  }
}
$poolPlan = @{}
foreach ($name in $Pools) {
  $recycles = (Get-PoolState $name) -eq 'Started' -and -not (Test-PoolStartedSince $name)
  $poolPlan[$name] = if ($recycles) { 'recycled' } else { 'skipped' }
}
# Those that another of them takes along when it is restarted.
$along = @(
  foreach ($name in $Services | Where-Object { $plan[$_] -eq 'restarted' }) {
    Get-RunningDependent (Get-NamedService $name)
  }
)
Assert-Restartable @(@($Services | Where-Object { $plan[$_] -ne 'skipped' }) + $along | Select-Object -Unique)

$dependents = @{}
foreach ($name in $Services) {
  $dependents[$name] = @()
  if ($plan[$name] -eq 'restarted' -and $along -contains $name) { continue }
  if ($plan[$name] -ne 'skipped') {
    if (-not $PSCmdlet.ShouldProcess($name, "Service is $($plan[$name])")) {
      $plan[$name] = 'skipped'
      continue
    }
    if ($plan[$name] -eq 'restarted') { Restart-WithDependent $name } else { Start-AndWait $name }
  }
  if (-not $WhatIfPreference -and [string](Get-NamedService $name).Status -eq 'Running') {
    $dependents[$name] = @(Start-NotedDependent $name)
  }
}
foreach ($name in $Pools) {
  if ($poolPlan[$name] -eq 'skipped') { continue }
  if ($PSCmdlet.ShouldProcess($name, 'Application pool is recycled')) { Restart-Pool $name } else { $poolPlan[$name] = 'skipped' }
}
$health = for ($index = 0; $index -lt $Checks.Count; $index += 1) {
  # An operator's script may do anything.
  if ($PSCmdlet.ShouldProcess($checkNames[$index], 'Ask whether it is healthy')) { Test-Health $Checks[$index] }
  else { @{ healthy = $false; attempts = 0; detail = 'not asked' } }
}

$answered = foreach ($name in $Services) {
  $state = [string](Get-NamedService $name).Status
  @{
    name = $name
    action = $plan[$name]
    state = $state
    startedAt = if ($state -eq 'Running') { ConvertTo-UtcText (Get-ServiceStart $name) } else { $null }
    startName = [string](Get-ServiceDetail $name).StartName
    dependents = @($dependents[$name])
  }
}
@{
  services = @($answered)
  pools = @(foreach ($name in $Pools) { @{ name = $name; action = $poolPlan[$name] } })
  checks = @($health)
  events = @(if ($null -ne $EventsSince) { Get-KerberosEvent ($EventsSince + $ahead) })
}

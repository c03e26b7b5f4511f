<#
.SYNOPSIS
Restarts services that run, with their running dependents, and waits until each is Running again.
.DESCRIPTION
A service that was stopped stays stopped unless StartStopped says otherwise. Before anything is stopped, the running
dependents are noted in the registry, so that a later run brings back what a run that was cut off has left stopped;
the note is removed when all are Running. Needs a member of the local Administrators.
.PARAMETER Services
Service names, not display names.
.PARAMETER StartStopped
Also starts those of Services that do not run.
.PARAMETER UnlessStartedSince
A service that has started since then, by the clock of the sender, is left alone.
.PARAMETER EventsSince
Also reads the Kerberos events from there on, by the clock of the sender.
.PARAMETER SentAt
The clock of the sender when it asked.
.PARAMETER TimeoutSeconds
For the whole of it.
.EXAMPLE
. .\prelude.ps1; .\restart-services.ps1 -Services Billing -SentAt (Get-Date) -TimeoutSeconds 60 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string[]] $Services,
  [bool] $StartStopped = $false,
  [Nullable[datetimeoffset]] $UnlessStartedSince,
  [Nullable[datetimeoffset]] $EventsSince,
  [Parameter(Mandatory)] [datetimeoffset] $SentAt,
  [Parameter(Mandatory)] [ValidateRange(1, 86400)] [int] $TimeoutSeconds
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$clock = [System.Diagnostics.Stopwatch]::StartNew()
$ahead = [datetimeoffset]::UtcNow - $SentAt
$noteKey = 'HKLM:\SOFTWARE\dmsa\RestartedDependents'

# --- Reading ---------------------------------------------------------------------------------------------------------

function Get-NamedService {
  param([Parameter(Mandatory)] [string] $Name)
  try { Get-Service -Name ([System.Management.Automation.WildcardPattern]::Escape($Name)) }
  catch {
    if ($_.FullyQualifiedErrorId -notlike 'NoServiceFoundForGivenName*') { throw }
    Stop-Operation SERVICE_NOT_FOUND "The service $Name is not on this host." $Name
  }
}

function Get-ServiceDetail {
  param([Parameter(Mandatory)] [string] $Name)
  $text = $Name -replace '\\', '\\' -replace "'", "\'"
  Get-CimInstance -ClassName Win32_Service -Filter "Name='$text'"
}

function Get-ServiceStart {
  param([Parameter(Mandatory)] [string] $Name)
  $detail = Get-ServiceDetail $Name
  if (-not $detail -or -not $detail.ProcessId) { return }
  $process = Get-CimInstance -ClassName Win32_Process -Filter "ProcessId=$($detail.ProcessId)"
  if ($process) { $process.CreationDate }
}

function Test-StartedSince {
  param([Parameter(Mandatory)] [string] $Name)
  if ($null -eq $UnlessStartedSince) { return $false }
  $start = Get-ServiceStart $Name
  $null -ne $start -and $start.ToUniversalTime() -ge ($UnlessStartedSince + $ahead).UtcDateTime
}

# Names of the running dependents in the order to stop them: each after those that depend on it.
function Get-RunningDependent {
  param([Parameter(Mandatory)] $Service)
  $names = foreach ($dependent in @($Service.DependentServices)) {
    Get-RunningDependent (Get-NamedService $dependent.Name)
    if ([string]$dependent.Status -ne 'Stopped') { [string]$dependent.Name }
  }
  @($names | Select-Object -Unique)
}

# --- The note of dependents ------------------------------------------------------------------------------------------

function Get-Note {
  param([Parameter(Mandatory)] [string] $Name)
  if (-not (Test-Path -LiteralPath $noteKey)) { return }
  if (@((Get-Item -LiteralPath $noteKey).Property) -contains $Name) {
    (Get-ItemProperty -LiteralPath $noteKey).$Name
  }
}

function Add-Note {
  param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string[]] $Dependents)
  if (-not (Test-Path -LiteralPath $noteKey)) { $null = New-Item -Path $noteKey -Force }
  $null = New-ItemProperty -LiteralPath $noteKey -Name $Name -PropertyType MultiString -Value $Dependents -Force
}

function Remove-Note {
  param([Parameter(Mandatory)] [string] $Name)
  if (@(Get-Note $Name).Count -eq 0) { return }
  Remove-ItemProperty -LiteralPath $noteKey -Name $Name
  foreach ($path in $noteKey, (Split-Path -Path $noteKey -Parent)) {
    $key = Get-Item -LiteralPath $path
    if ($key.ValueCount -eq 0 -and $key.SubKeyCount -eq 0) { Remove-Item -LiteralPath $path }
  }
}

# --- Stopping and starting -------------------------------------------------------------------------------------------

function Test-TimeLeft { $clock.Elapsed.TotalSeconds -lt $TimeoutSeconds }

# The state once it is none on the way to another, or whatever it is when the time is up.
function Wait-Settled {
  param([Parameter(Mandatory)] [string] $Name)
  while ($true) {
    $state = [string](Get-NamedService $Name).Status
    if ($state -notlike '*Pending' -or -not (Test-TimeLeft)) { return $state }
    Start-Sleep -Milliseconds 200
  }
}

# The service manager's methods rather than Stop-Service and Start-Service: those wait without end for a service that
# never leaves its pending state. 1061 (0x80070425) means that it cannot take a control just now, 1062 that it is not
# active any more, 1056 that an instance is still there.
function Stop-AndWait {
  param([Parameter(Mandatory)] [string] $Name)
  while ($true) {
    $service = Get-NamedService $Name
    $state = [string]$service.Status
    if ($state -eq 'Stopped') { return }
    if (-not (Test-TimeLeft)) { Stop-Operation SERVICE_BUSY "$Name was still $state after $TimeoutSeconds s." $Name }
    if ($state -notlike '*Pending') {
      try { $service.Stop() }
      catch {
        $numbers = @(Get-NativeErrorCode $_)
        if (-not ($numbers -contains 1061 -or $numbers -contains 1062)) { throw }
      }
    }
    Start-Sleep -Milliseconds 200
  }
}

# Asks at least once, however late it is: a service that was stopped here is not left without a try.
function Start-AndWait {
  param([Parameter(Mandatory)] [string] $Name)
  $asked = $false
  $busy = $false
  while ($true) {
    $service = Get-NamedService $Name
    $state = [string]$service.Status
    if ($state -eq 'Running') { return }
    if ($state -eq 'Stopped' -and $asked) { Stop-Failed $Name 'it stopped again by itself' }
    if ($state -eq 'Stopped') {
      try {
        $service.Start()
        $asked = $true
        $busy = $false
      } catch {
        $numbers = @(Get-NativeErrorCode $_)
        $busy = $numbers -contains 1061 -or $numbers -contains 1056
        if (-not $busy) { Stop-Failed $Name ([string]$_.Exception.GetBaseException().Message) $numbers }
      }
    }
    if (-not (Test-TimeLeft)) {
      $state = [string](Get-NamedService $Name).Status
      if ($state -eq 'Running') { return }
      if ($busy) { Stop-Operation SERVICE_BUSY "$Name could not be started in $TimeoutSeconds s: still stopping." $Name }
      Stop-Operation SERVICE_START_FAILED "$Name was still $state after $TimeoutSeconds s." $Name
    }
    Start-Sleep -Milliseconds 200
  }
}

# 1069 the service could not log on, 1297 it lacks a privilege that it needs.
function Stop-Failed {
  param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Reason, [int[]] $Numbers = @())
  $detail = Get-ServiceDetail $Name
  if (-not $Numbers.Count -and $detail) { $Numbers = @([int]$detail.ExitCode) }
  $code = if ($Numbers -contains 1069 -or $Numbers -contains 1297) { 'SERVICE_LOGON_FAILED' } else { 'SERVICE_START_FAILED' }
  Stop-Operation $code "$Name did not start ($($Numbers -join ', ')): $Reason" $Name
}

function Restart-WithDependent {
  param([Parameter(Mandatory)] [string] $Name)
  $dependents = @(Get-RunningDependent (Get-NamedService $Name))
  # What an earlier run has stopped and not brought back belongs to them.
  $noted = @(@(Get-Note $Name) + $dependents | Where-Object { $_ } | Select-Object -Unique)
  if ($noted) { Add-Note $Name $noted }
  foreach ($dependent in $dependents) { Stop-AndWait $dependent }
  Stop-AndWait $Name
  Start-AndWait $Name
}

function Start-NotedDependent {
  param([Parameter(Mandatory)] [string] $Name)
  $noted = @(Get-Note $Name)
  if (-not $noted) { return }
  # The last to be stopped is the first to be started.
  [array]::Reverse($noted)
  foreach ($dependent in $noted) { Start-AndWait $dependent }
  Remove-Note $Name
}

# --- The operation ---------------------------------------------------------------------------------------------------

$Services = @($Services | Select-Object -Unique)
# All of them first: nothing is touched where one is unknown.
$plan = @{}
foreach ($name in $Services) {
  $null = Get-NamedService $name
  $plan[$name] = switch (Wait-Settled $name) {
    'Running' { if (Test-StartedSince $name) { 'skipped' } else { 'restarted' } }
    'Stopped' { if ($StartStopped) { 'started' } else { 'skipped' } }
    default { 'skipped' }
  }
}
# Those that another of them takes along when it is restarted.
$along = @(
  foreach ($name in $Services | Where-Object { $plan[$_] -eq 'restarted' }) {
    Get-RunningDependent (Get-NamedService $name)
  }
)

foreach ($name in $Services) {
  if ($plan[$name] -eq 'restarted' -and $along -contains $name) { continue }
  if ($plan[$name] -ne 'skipped') {
    if (-not $PSCmdlet.ShouldProcess($name, "Service is $($plan[$name])")) {
      $plan[$name] = 'skipped'
      continue
    }
    if ($plan[$name] -eq 'restarted') { Restart-WithDependent $name } else { Start-AndWait $name }
  }
  if (-not $WhatIfPreference -and [string](Get-NamedService $name).Status -eq 'Running') { Start-NotedDependent $name }
}

$answered = foreach ($name in $Services) {
  $state = [string](Get-NamedService $name).Status
  @{
    name = $name
    action = $plan[$name]
    state = $state
    startedAt = if ($state -eq 'Running') { ConvertTo-UtcText (Get-ServiceStart $name) } else { $null }
  }
}
@{
  services = @($answered)
  events = @(if ($null -ne $EventsSince) { Get-KerberosEvent ($EventsSince + $ahead) })
}

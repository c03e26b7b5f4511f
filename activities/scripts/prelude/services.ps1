# Services, stopped and started; $TimeoutSeconds of the caller is for each wait for a state.

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

# Names of the running dependents in the order to stop them: each after those that depend on it.
function Get-RunningDependent {
  param([Parameter(Mandatory)] $Service)
  $names = foreach ($dependent in @($Service.DependentServices)) {
    Get-RunningDependent (Get-NamedService $dependent.Name)
    if ([string]$dependent.Status -ne 'Stopped') { [string]$dependent.Name }
  }
  @($names | Select-Object -Unique)
}

function Test-TimeLeft {
  param([Parameter(Mandatory)] [System.Diagnostics.Stopwatch] $Wait)
  $Wait.Elapsed.TotalSeconds -lt $TimeoutSeconds
}

# The state once it is none on the way to another, or whatever it is when the time is up.
function Wait-Settled {
  param([Parameter(Mandatory)] [string] $Name)
  $wait = [System.Diagnostics.Stopwatch]::StartNew()
  while ($true) {
    $state = [string](Get-NamedService $Name).Status
    if ($state -notlike '*Pending' -or -not (Test-TimeLeft $wait)) { return $state }
    Start-Sleep -Milliseconds 200
  }
}

# The service manager's methods rather than Stop-Service and Start-Service: those wait without end for a service that
# never leaves its pending state. 1061 (0x80070425) means that it cannot take a control just now, 1062 that it is not
# active any more, 1056 that an instance is still there.
function Stop-AndWait {
  param([Parameter(Mandatory)] [string] $Name)
  $wait = [System.Diagnostics.Stopwatch]::StartNew()
  while ($true) {
    $service = Get-NamedService $Name
    $state = [string]$service.Status
    if ($state -eq 'Stopped') { return }
    if (-not (Test-TimeLeft $wait)) { Stop-Operation SERVICE_BUSY "$Name was still $state after $TimeoutSeconds s." $Name }
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

function Start-AndWait {
  param([Parameter(Mandatory)] [string] $Name)
  $wait = [System.Diagnostics.Stopwatch]::StartNew()
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
    if (-not (Test-TimeLeft $wait)) {
      $state = [string](Get-NamedService $Name).Status
      if ($state -eq 'Running') { return }
      if ($busy) { Stop-Operation SERVICE_BUSY "$Name could not be started in $TimeoutSeconds s: still stopping." $Name }
      Stop-Operation SERVICE_START_FAILED "$Name was still $state after $TimeoutSeconds s." $Name
    }
    Start-Sleep -Milliseconds 200
  }
}

# 1069 the service could not log on, 1297 it lacks a privilege that it needs; 1058 it is disabled, or one that it needs;
# 1068 one that it needs did not start.
function Stop-Failed {
  param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Reason, [int[]] $Numbers = @())
  $detail = Get-ServiceDetail $Name
  if (-not $Numbers.Count -and $detail) { $Numbers = @([int]$detail.ExitCode) }
  $code = if ($Numbers -contains 1069 -or $Numbers -contains 1297) { 'SERVICE_LOGON_FAILED' }
  elseif ($Numbers -contains 1058) { 'SERVICE_DISABLED' }
  elseif ($Numbers -contains 1068) { 'SERVICE_DEPENDENCY_FAILED' }
  else { 'SERVICE_START_FAILED' }
  Stop-Operation $code "$Name did not start ($($Numbers -join ', ')): $Reason" $Name
}

# Restarted behind its back, a clustered service counts as failed and is moved to another node; a disabled one that runs
# would stop for good.
function Assert-Restartable {
  param([Parameter(Mandatory)] [AllowEmptyCollection()] [string[]] $Names)
  $owners = if ($Names) { Get-ClusterOwner } else { @{} }
  foreach ($name in $Names) {
    if ($owners.ContainsKey($name)) {
      Stop-Operation SERVICE_CLUSTERED "The cluster resource $($owners[$name]) owns the service $name." $name
    }
    $detail = Get-ServiceDetail $name
    if ($detail -and [string]$detail.StartMode -eq 'Disabled') {
      Stop-Operation SERVICE_DISABLED "The service $name is disabled: it would not start again." $name
    }
  }
}

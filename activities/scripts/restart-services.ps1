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
$noteKey = 'HKLM:\SOFTWARE\dmsa\RestartedDependents'
$checkSeconds = 30

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
  Test-Since (Get-ServiceStart $Name)
}

function Test-Since {
  param([Nullable[datetime]] $Time)
  $null -ne $Time -and $Time.ToUniversalTime() -ge ($UnlessStartedSince + $ahead).UtcDateTime
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

function Restart-WithDependent {
  param([Parameter(Mandatory)] [string] $Name)
  $dependents = @(Get-RunningDependent (Get-NamedService $Name))
  # What an earlier run has stopped and not brought back belongs to them.
  $noted = @(@(Get-Note $Name) + $dependents | Where-Object { $_ } | Select-Object -Unique)
  if ($noted) { Add-Note $Name $noted }
  try {
    foreach ($dependent in $dependents) { Stop-AndWait $dependent }
    Stop-AndWait $Name
  } catch {
    $failure = $_
    # It does not stop, and runs: its dependents need not wait for a person, or for the next try.
    if ([string](Get-NamedService $Name).Status -eq 'Running') { Start-NotedDependent $Name }
    throw $failure
  }
  Start-AndWait $Name
}

# Those that were brought back, in the order of their stopping; none without a note.
function Start-NotedDependent {
  param([Parameter(Mandatory)] [string] $Name)
  $noted = @(Get-Note $Name)
  # The last to be stopped is the first to be started.
  for ($index = $noted.Count - 1; $index -ge 0; $index -= 1) { Start-AndWait $noted[$index] }
  Remove-Note $Name
  $noted
}

# --- Refusing --------------------------------------------------------------------------------------------------------

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

# --- Application pools -----------------------------------------------------------------------------------------------

# appcmd.exe is there wherever IIS is; its modules for PowerShell are features of their own. Each answer that is read is
# ASCII: a console garbles names. A list that is empty ends with 1, which is no failure.
function Invoke-AppCmd {
  param([Parameter(Mandatory)] [string[]] $Arguments)
  $said = @(& (Get-SystemProgram 'inetsrv/appcmd.exe') @Arguments | ForEach-Object { [string]$_ })
  $text = $said -join ' '
  if ($text -match 'hresult:80070005') { Stop-Operation ACCESS_DENIED "appcmd.exe $($Arguments[0]): $text" }
  if ($text -match '^\s*ERROR \(' -and $Arguments[0] -ne 'list') {
    Stop-Operation SCRIPT_FAILED "appcmd.exe $($Arguments[0]) ended with ${LASTEXITCODE}: $text"
  }
  $said | ForEach-Object { $_.Trim() } | Where-Object { $_ }
}

function Get-PoolState {
  param([Parameter(Mandatory)] [string] $Name)
  # Windows quotes the argument as one; a name can hold neither of them
  if ($Name -match '["\\]') { Stop-Operation INVALID_PARAMETER "pools: $Name cannot be the name of a pool." 'pools' }
  $state = if (Test-Path -LiteralPath (Get-SystemProgram 'inetsrv/appcmd.exe')) {
    [string](Invoke-AppCmd 'list', 'apppool', "/apppool.name:$Name", '/text:state' | Select-Object -First 1)
  }
  if (-not $state) { Stop-Operation SERVICE_NOT_FOUND "The application pool $Name is not on this host." $Name }
  $state
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

function Restart-Pool {
  param([Parameter(Mandatory)] [string] $Name)
  $null = Invoke-AppCmd 'recycle', 'apppool', "/apppool.name:$Name"
  $wait = [System.Diagnostics.Stopwatch]::StartNew()
  while ((Get-PoolState $Name) -ne 'Started') {
    if (-not (Test-TimeLeft $wait)) {
      Stop-Operation SERVICE_START_FAILED "The pool $Name was $(Get-PoolState $Name) $TimeoutSeconds s after it was recycled." $Name
    }
    Start-Sleep -Milliseconds 200
  }
}

# --- Health ----------------------------------------------------------------------------------------------------------

# Each kind answers @{ healthy; detail } for one attempt, and throws nothing.
function Test-Port {
  param([Parameter(Mandatory)] [int] $Port)
  $wait = [System.Diagnostics.Stopwatch]::StartNew()
  $detail = 'nothing listens'
  # A service may listen on one address alone.
  $own = @([System.Net.Dns]::GetHostAddresses([System.Net.Dns]::GetHostName()))
  foreach ($address in @([ipaddress]::Loopback, [ipaddress]::IPv6Loopback) + $own) {
    $left = $checkSeconds * 1000 - [int]$wait.ElapsedMilliseconds
    if ($left -le 0) { break }
    $client = $null
    # A host may know no IPv6.
    try {
      $client = [System.Net.Sockets.TcpClient]::new($address.AddressFamily)
      if ($client.ConnectAsync($address, $Port).Wait($left)) { return @{ healthy = $true; detail = "connected to $address" } }
      $detail = "no answer in $checkSeconds s"
    } catch { $detail = [string]$_.Exception.GetBaseException().Message } finally { if ($client) { $client.Close() } }
  }
  @{ healthy = $false; detail = $detail }
}

function Test-Url {
  param([Parameter(Mandatory)] [string] $Url, [Parameter(Mandatory)] [int] $Status)
  # 5.1 may start with protocols that servers refuse by now; 0 leaves the choice to Windows.
  $protocols = [System.Net.ServicePointManager]::SecurityProtocol
  if ([int]$protocols -ne 0) {
    [System.Net.ServicePointManager]::SecurityProtocol = $protocols -bor [System.Net.SecurityProtocolType]::Tls12
  }
  $response = $null
  try {
    $request = [System.Net.WebRequest]::Create($Url)
    $request.Proxy = $null
    $request.AllowAutoRedirect = $false
    $request.KeepAlive = $false
    $request.Timeout = $checkSeconds * 1000
    $request.ReadWriteTimeout = $checkSeconds * 1000
    $response = $request.GetResponse()
  } catch {
    $failure = @(Get-ExceptionChain $_.Exception | Where-Object { $_ -is [System.Net.WebException] })
    if (-not $failure -or -not $failure[0].Response) {
      $cause = $_.Exception.GetBaseException()
      $trust = $cause -is [System.Security.Authentication.AuthenticationException] -or
      ($failure -and [string]$failure[0].Status -eq 'TrustFailure')
      return @{ healthy = $false; detail = "$(if ($trust) { 'the certificate is not trusted: ' })$($cause.Message)" }
    }
    $response = $failure[0].Response
  }
  $found = [int]$response.StatusCode
  $response.Close()
  if ($found -eq $Status) { return @{ healthy = $true; detail = "HTTP $found" } }
  @{ healthy = $false; detail = "HTTP $found, not $Status" }
}

# In a process of its own: it can be ended, and neither its errors nor its exit are ours. Its path is an argument.
function Test-Script {
  param([Parameter(Mandatory)] [string] $Path)
  if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return @{ healthy = $false; detail = "there is no file $Path" } }
  $start = [System.Diagnostics.ProcessStartInfo]::new((Get-SystemProgram 'WindowsPowerShell/v1.0/powershell.exe'))
  $start.Arguments = "-NoLogo -NoProfile -NonInteractive -File ""$Path"""
  $start.UseShellExecute = $false
  $start.RedirectStandardInput = $true
  $start.RedirectStandardOutput = $true
  $start.RedirectStandardError = $true
  $process = [System.Diagnostics.Process]::Start($start)
  try {
    $process.StandardInput.Close()
    $output = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit($checkSeconds * 1000)) {
      $process.Kill()
      return @{ healthy = $false; detail = "it had not ended after $checkSeconds s" }
    }
    $code = $process.ExitCode
    # What it has started may hold them open.
    $line = @(if ($output.Wait(2000)) { Get-TextLine $output.Result } ) | Select-Object -Last 1
    if (-not $line) { $line = @(if ($errors.Wait(2000)) { Get-TextLine $errors.Result } ) | Select-Object -First 1 }
    @{ healthy = $code -eq 0; detail = (@("exit code $code", $line) | Where-Object { $_ }) -join ': ' }
  } finally { $process.Dispose() }
}

function Get-TextLine {
  param([string] $Text)
  $Text -split '\r?\n' | ForEach-Object { ($_ -replace '[\x00-\x1f\x7f]', ' ').Trim() } | Where-Object { $_ }
}

function Test-Health {
  param([Parameter(Mandatory)] $Check)
  for ($attempt = 1; ; $attempt += 1) {
    try {
      $answer = switch ([string]$Check.kind) {
        'tcp' { Test-Port $Check.port }
        'http' { Test-Url $Check.url $Check.status }
        'script' { Test-Script $Check.path }
      }
    } catch { $answer = @{ healthy = $false; detail = [string]$_.Exception.GetBaseException().Message } }
    if ($answer.healthy -or $attempt -ge $Check.attempts) { break }
    Start-Sleep -Seconds $Check.everySeconds
  }
  $detail = [string]$answer.detail
  @{ healthy = $answer.healthy; attempts = $attempt; detail = $detail.Substring(0, [Math]::Min($detail.Length, 200)) }
}

# One word for it on the screen of -WhatIf; refuses what no attempt could ask.
function Get-CheckName {
  param([Parameter(Mandatory)] $Check)
  switch ([string]$Check.kind) {
    'tcp' { "tcp $($Check.port)" }
    'http' { "http $($Check.url)" }
    'script' {
      if ($Check.path -match '"' -or -not [System.IO.Path]::IsPathRooted($Check.path)) {
        Stop-Operation INVALID_PARAMETER "checks: $($Check.path) is no full path of a file." 'checks'
      }
      "script $($Check.path)"
    }
    default { Stop-Operation INVALID_PARAMETER "checks: there is no kind $($Check.kind)." 'checks' }
  }
}

# --- The operation ---------------------------------------------------------------------------------------------------

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

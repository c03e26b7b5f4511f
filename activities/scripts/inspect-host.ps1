<#
.SYNOPSIS
Reads everything a migration needs to know of this host, and what logs on there as no built-in account; changes nothing.
.DESCRIPTION
Build, role, times, pending reboot, the dMSA logon policy and the group policy that delivers it, the Kerberos event log,
whom "Log on as a service" names, services, scheduled tasks, application pools, COM+ applications, and logon sessions that
belong to none of them. A part that cannot be read is named in `unread`. Needs a member of the local Administrators.
.PARAMETER EventsSince
Also reads events 105, 307, 308 and 309 from there on; without it the events are left alone.
.EXAMPLE
. .\prelude.ps1; .\inspect-host.ps1 -EventsSince 2026-01-01T00:00:00Z
#>
[CmdletBinding()]
param([Nullable[datetimeoffset]] $EventsSince)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$unread = [System.Collections.ArrayList]::new()

# What may be out of reach where the rest is not: what cannot be read is told, and is not taken for absent.
function Read-Part {
  param([Parameter(Mandatory)] [string] $Part, [Parameter(Mandatory)] [scriptblock] $Read)
  try { & $Read }
  catch { $null = $unread.Add(@{ part = $Part; why = [string]$_.Exception.Message }) }
}

# Accounts of Windows itself, by the names that the service manager and the task scheduler have for them, or by SID:
# local system, local and network service, built-in groups, services, application pools, the window manager and fonts.
function Test-BuiltIn {
  param([string] $Account)
  -not $Account -or $Account -match ('^(LocalSystem|System|Local ?Service|Network ?Service|Interactive|Everyone|' +
    '(NT AUTHORITY|NT SERVICE|IIS APPPOOL|BUILTIN|Window Manager|Font Driver Host)\\.*|' +
    'S-1-1-0|S-1-5-(4|18|19|20)|S-1-5-(32|80|82|90|96)-.*)$')
}

function Test-PendingReboot {
  $current = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
  if (Test-Path -LiteralPath "$current\Component Based Servicing\RebootPending") { return $true }
  if (Test-Path -LiteralPath "$current\WindowsUpdate\Auto Update\RebootRequired") { return $true }
  $renames = Get-RegistryValue 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager' 'PendingFileRenameOperations'
  [bool]@($renames | Where-Object { $_ })
}

function Get-RegistryValue {
  param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $Name)
  if (-not (Test-Path -LiteralPath $Path)) { return }
  if (@((Get-Item -LiteralPath $Path).Property) -contains $Name) { (Get-ItemProperty -LiteralPath $Path).$Name }
}

function Get-LogSize {
  $size = 0
  try { $size = [long](Get-WinEvent -ListLog $KerberosLog).MaximumSizeInBytes }
  catch { if ($_.FullyQualifiedErrorId -notlike 'NoMatchingLogsFound*') { throw } }
  $oldest = @(Get-FoundEvent @{ FilterHashtable = @{ LogName = $KerberosLog }; MaxEvents = 1; Oldest = $true })
  @{ maximumSize = $size; oldestAt = if ($oldest) { ConvertTo-UtcText $oldest[0].TimeCreated } else { $null } }
}

# From the local policy that is in force, as secedit.exe writes it: "SeServiceLogonRight = *S-1-5-80-0,name".
function Get-LogonRight {
  $file = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "dmsa-$([guid]::NewGuid()).inf"
  try {
    $null = & (Get-SystemProgram 'secedit.exe') /export /areas USER_RIGHTS /cfg $file /quiet
    if (-not (Test-Path -LiteralPath $file)) {
      Stop-Operation SCRIPT_FAILED "secedit.exe ended with $LASTEXITCODE and exported nothing." 'SeServiceLogonRight'
    }
    $line = @(Get-Content -LiteralPath $file | Where-Object { $_ -match '^\s*SeServiceLogonRight\s*=' })
    if ($line) { ($line[0] -split '=', 2)[1] -split ',' | ForEach-Object { $_.Trim() -replace '^\*' } | Where-Object { $_ } | Sort-Object }
  } finally {
    if (Test-Path -LiteralPath $file) { Remove-Item -LiteralPath $file }
  }
}

# SERVICE_FAILURE_ACTIONS as the registry has it: five numbers of four octets, the fourth is how many actions follow, each
# a type (SC_ACTION_TYPE: 0 none, 1 restart, 2 reboot, 3 run a command) and a delay.
function Get-Recovery {
  param([Parameter(Mandatory)] [string] $Key)
  $octets = [byte[]]@(Get-RegistryValue $Key 'FailureActions')
  if ($octets.Count -lt 20) { return }
  $count = [System.BitConverter]::ToInt32($octets, 12)
  for ($index = 0; $index -lt $count -and 28 + 8 * $index -le $octets.Count; $index += 1) {
    $type = [System.BitConverter]::ToInt32($octets, 20 + 8 * $index)
    if ($type -ge 0 -and $type -le 3) { @('none', 'restart', 'reboot', 'run')[$type] }
  }
}

function Get-AccountService {
  param($Services, [hashtable] $Processes)
  $owners = Read-Part 'cluster' { Get-ClusterOwner }
  $links = @(Get-CimInstance -ClassName Win32_DependentService)
  foreach ($service in $Services | Sort-Object -Property Name) {
    if (Test-BuiltIn $service.StartName) { continue }
    $name = [string]$service.Name
    $key = "HKLM:\SYSTEM\CurrentControlSet\Services\$name"
    $process = if ($service.ProcessId) { $Processes[[string]$service.ProcessId] }
    @{
      name = $name
      startName = [string]$service.StartName
      # "Start Pending" in WMI is StartPending in the service controller
      state = ([string]$service.State) -replace ' '
      startMode = [string]$service.StartMode
      delayedStart = [int](Get-RegistryValue $key 'DelayedAutostart') -eq 1
      startedAt = if ($process) { ConvertTo-UtcText $process.CreationDate } else { $null }
      dependents = @($links | Where-Object { $_.Antecedent.Name -eq $name } | ForEach-Object { [string]$_.Dependent.Name } | Sort-Object)
      dependencies = @($links | Where-Object { $_.Dependent.Name -eq $name } | ForEach-Object { [string]$_.Antecedent.Name } | Sort-Object)
      recovery = @(Read-Part 'recovery' { Get-Recovery $key })
      clusterResource = if ($owners -and $owners.ContainsKey($name)) { $owners[$name] } else { $null }
    }
  }
}

function Get-AccountTask {
  foreach ($task in Get-ScheduledTask | Sort-Object -Property TaskPath, TaskName) {
    $account = [string](Get-PropertyValue $task.Principal 'UserId')
    if (Test-BuiltIn $account) { continue }
    @{ path = "$($task.TaskPath)$($task.TaskName)"; account = $account; state = [string]$task.State }
  }
}

# Whose a pool is matters where its state cannot be learned, too; Unknown is a state of IIS's own.
function Get-StateOrUnknown {
  param([Parameter(Mandatory)] [string] $Name)
  try { Get-PoolState $Name } catch { 'Unknown' }
}

# From IIS's own file; an identity of its own is SpecificUser, of the pool or of what all pools start from.
function Get-AccountPool {
  $file = Get-SystemProgram 'inetsrv/config/applicationHost.config'
  if (-not (Test-Path -LiteralPath $file)) { return }
  $document = [xml](Get-Content -LiteralPath $file -Raw)
  $common = $document.SelectSingleNode('//applicationPools/applicationPoolDefaults/processModel')
  foreach ($pool in @($document.SelectNodes('//applicationPools/add')) | Sort-Object -Property { $_.GetAttribute('name') }) {
    $models = @(@($pool.SelectSingleNode('processModel'), $common) | Where-Object { $_ })
    $type = @($models | ForEach-Object { $_.GetAttribute('identityType') } | Where-Object { $_ }) | Select-Object -First 1
    $user = @($models | ForEach-Object { $_.GetAttribute('userName') } | Where-Object { $_ }) | Select-Object -First 1
    if ($type -ne 'SpecificUser' -or (Test-BuiltIn $user)) { continue }
    $name = $pool.GetAttribute('name')
    @{ name = $name; account = [string]$user; state = Get-StateOrUnknown $name }
  }
}

function Get-AccountComApplication {
  try { $catalog = New-Object -ComObject COMAdmin.COMAdminCatalog }
  catch {
    # REGDB_E_CLASSNOTREG: there is no COM+ here, and nothing to be read
    if ($_.Exception.Message -match '80040154') { return }
    throw
  }
  $applications = $catalog.GetCollection('Applications')
  $applications.Populate()
  foreach ($application in @($applications) | Sort-Object -Property { $_.Value('Name') }) {
    $account = [string]$application.Value('Identity')
    # "Interactive User" is whoever is logged on
    if ((Test-BuiltIn $account) -or $account -eq 'Interactive User') { continue }
    @{ name = [string]$application.Value('Name'); account = $account }
  }
}

# Whether it descends from one of these: a parent's number that was given away since belongs to a later process.
function Test-Descendant {
  param($Process, [hashtable] $Processes, [string[]] $Of)
  for ($one = $Process; $one; $one = $parent) {
    if ($Of -contains [string]$one.ProcessId) { return $true }
    $parent = $Processes[[string]$one.ParentProcessId]
    if ($parent -and ($parent.ProcessId -eq $one.ProcessId -or $parent.CreationDate -gt $one.CreationDate)) { return $false }
  }
  $false
}

# Names of Windows' own sessions depend on its language, and on what WMI takes for their domain: they are known by the
# numbers that are always theirs, IUSR_LUID to SYSTEM_LUID (0x3e3 to 0x3e7).
function Test-SystemSession {
  param([Parameter(Mandatory)] [string] $LogonId)
  995..999 -contains [long]$LogonId
}

# Processes of services that are named above, of the task scheduler (Schedule) and of the pools (WAS) are theirs.
function Get-AccountSession {
  param($Services, [hashtable] $Processes)
  $own = @($Services | Where-Object {
      $_.ProcessId -and (-not (Test-BuiltIn $_.StartName) -or $_.Name -in 'Schedule', 'WAS')
    } | ForEach-Object { [string]$_.ProcessId })
  $accounts = @{}
  foreach ($link in Get-CimInstance -ClassName Win32_LoggedOnUser) {
    $accounts[[string]$link.Dependent.LogonId] = "$($link.Antecedent.Domain)\$($link.Antecedent.Name)"
  }
  $running = @{}
  foreach ($link in Get-CimInstance -ClassName Win32_SessionProcess) {
    $process = $Processes[[string]$link.Dependent.Handle]
    if (-not $process -or (Test-Descendant $process $Processes $own)) { continue }
    $id = [string]$link.Antecedent.LogonId
    $running[$id] = @(@($running[$id]) + [string]$process.Name | Where-Object { $_ })
  }
  foreach ($session in Get-CimInstance -ClassName Win32_LogonSession | Sort-Object -Property StartTime) {
    $id = [string]$session.LogonId
    if (-not $running.ContainsKey($id) -or (Test-SystemSession $id) -or (Test-BuiltIn $accounts[$id])) { continue }
    @{
      account = $accounts[$id]
      logonType = [int]$session.LogonType
      startedAt = ConvertTo-UtcText $session.StartTime
      processes = @($running[$id] | Sort-Object -Unique)
    }
  }
}

$system = Get-CimInstance -ClassName Win32_OperatingSystem
$computer = Get-CimInstance -ClassName Win32_ComputerSystem
$services = @(Get-CimInstance -ClassName Win32_Service)
$processes = @{}
foreach ($process in Get-CimInstance -ClassName Win32_Process -Property ProcessId, ParentProcessId, CreationDate, Name) {
  $processes[[string]$process.ProcessId] = $process
}
$delivered = Read-Part 'group-policy' { Get-PolicyFromGroupPolicy }
@{
  computerName = [string]$computer.Name
  domain = if ($computer.PartOfDomain) { [string]$computer.Domain } else { $null }
  build = [int]$system.BuildNumber
  edition = [string]$system.Caption
  # 4 backup, 5 primary domain controller
  isDomainController = [int]$computer.DomainRole -ge 4
  bootTime = ConvertTo-UtcText $system.LastBootUpTime
  rebootPending = Test-PendingReboot
  policy = Get-KerberosPolicy
  policyFrom = if ($delivered) { $delivered } else { $null }
  eventLogEnabled = Test-KerberosLog
  eventLog = Get-LogSize
  serviceLogonRight = @(Read-Part 'logon-right' { Get-LogonRight })
  services = @(Get-AccountService $services $processes)
  tasks = @(Read-Part 'tasks' { Get-AccountTask })
  pools = @(Read-Part 'pools' { Get-AccountPool })
  comApplications = @(Read-Part 'com-applications' { Get-AccountComApplication })
  sessions = @(Read-Part 'sessions' { Get-AccountSession $services $processes })
  events = @(Get-KerberosEvent $EventsSince)
  # Last: by then nothing else is waited for, and the parts above have been read.
  clock = ConvertTo-UtcText ([datetime]::UtcNow)
  unread = @($unread)
}

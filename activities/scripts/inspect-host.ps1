<#
.SYNOPSIS
Reads everything a migration needs to know of this host; changes nothing.
.DESCRIPTION
Build, role, boot time, pending reboot, the dMSA logon policy, the Kerberos event log, and the services that log on as
no built-in account. Needs a member of the local Administrators.
.PARAMETER EventsSince
Also reads events 105, 307, 308 and 309 from there on; without it the log is left alone.
.EXAMPLE
. .\prelude.ps1; .\inspect-host.ps1 -EventsSince 2026-01-01T00:00:00Z
#>
[CmdletBinding()]
param([Nullable[datetimeoffset]] $EventsSince)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Test-PendingReboot {
  $current = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
  if (Test-Path -LiteralPath "$current\Component Based Servicing\RebootPending") { return $true }
  if (Test-Path -LiteralPath "$current\WindowsUpdate\Auto Update\RebootRequired") { return $true }
  $manager = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
  if (-not (Test-Path -LiteralPath $manager)) { return $false }
  if (@((Get-Item -LiteralPath $manager).Property) -notcontains 'PendingFileRenameOperations') { return $false }
  [bool]@((Get-ItemProperty -LiteralPath $manager).PendingFileRenameOperations | Where-Object { $_ })
}

function Get-AccountService {
  $started = @{}
  foreach ($process in Get-CimInstance -ClassName Win32_Process -Property ProcessId, CreationDate) {
    $started[[string]$process.ProcessId] = $process.CreationDate
  }
  $builtIn = '^(LocalSystem|NT AUTHORITY\\.*|NT SERVICE\\.*)$'
  foreach ($service in Get-CimInstance -ClassName Win32_Service | Sort-Object -Property Name) {
    if (-not $service.StartName -or $service.StartName -match $builtIn) { continue }
    @{
      name = [string]$service.Name
      startName = [string]$service.StartName
      # "Start Pending" in WMI is StartPending in the service controller
      state = ([string]$service.State) -replace ' '
      startMode = [string]$service.StartMode
      startedAt = if ($service.ProcessId) { ConvertTo-UtcText $started[[string]$service.ProcessId] } else { $null }
    }
  }
}

$system = Get-CimInstance -ClassName Win32_OperatingSystem
$computer = Get-CimInstance -ClassName Win32_ComputerSystem
@{
  computerName = [string]$computer.Name
  build = [int]$system.BuildNumber
  # 4 backup, 5 primary domain controller
  isDomainController = [int]$computer.DomainRole -ge 4
  bootTime = ConvertTo-UtcText $system.LastBootUpTime
  rebootPending = Test-PendingReboot
  policy = Get-KerberosPolicy
  eventLogEnabled = Test-KerberosLog
  services = @(Get-AccountService)
  events = @(Get-KerberosEvent $EventsSince)
}

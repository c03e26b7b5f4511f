<#
.SYNOPSIS
Restarts this host in some seconds.
.DESCRIPTION
The answer comes before the host goes down; the caller waits for it to be back with another boot time. Needs the right to
shut the system down (SeRemoteShutdownPrivilege for sessions over the network), which local Administrators have.
.PARAMETER Reason
Shown to whoever is logged on, and written to the System event log; at most 127 characters.
.PARAMETER UnlessBootedSince
A host that has booted since then, by the clock of the sender, is left alone.
.PARAMETER SentAt
The clock of the sender when it asked.
.EXAMPLE
. .\prelude.ps1; .\restart-host.ps1 -Reason 'dMSA policy' -SentAt (Get-Date) -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [ValidateLength(1, 127)] [string] $Reason,
  [Nullable[datetimeoffset]] $UnlessBootedSince,
  [Parameter(Mandatory)] [datetimeoffset] $SentAt
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Long enough for the answer to leave, short enough to be within the window that was waited for.
$delaySeconds = 5

$ahead = [datetimeoffset]::UtcNow - $SentAt
$booted = (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime
$again = $null -ne $UnlessBootedSince -and $booted.ToUniversalTime() -ge ($UnlessBootedSince + $ahead).UtcDateTime
$restarting = $false
if (-not $again -and $PSCmdlet.ShouldProcess('this host', "Restart: $Reason")) {
  # 4:1 of the planned reasons: application, maintenance
  $said = & shutdown.exe /r /t $delaySeconds /d p:4:1 /c $Reason 2>&1
  # 1115 a shutdown is in progress, 1190 one is scheduled already
  if ($LASTEXITCODE -notin 0, 1115, 1190) { Stop-Operation SCRIPT_FAILED "shutdown.exe ended with ${LASTEXITCODE}: $said" }
  $restarting = $true
}
@{ restarting = $restarting; bootTime = ConvertTo-UtcText $booted }

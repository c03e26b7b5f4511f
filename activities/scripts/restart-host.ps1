<#
.SYNOPSIS
Restarts this host in some seconds.
.DESCRIPTION
The answer comes before the host goes down; the caller waits for it to be back with another boot time. Needs the right to
shut the system down (SeRemoteShutdownPrivilege for sessions over the network), which local Administrators have.
.PARAMETER Reason
Shown to whoever is logged on, and written to the System event log; at most 127 characters, and no double quote,
which 5.1 does not pass on to a program.
.PARAMETER UnlessBootedSince
A host that has booted since then, by the clock of the sender, is left alone.
.PARAMETER SentAt
The clock of the sender when it asked.
.EXAMPLE
. .\prelude.ps1; .\restart-host.ps1 -Reason 'dMSA policy' -SentAt (Get-Date) -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [ValidateLength(1, 127)] [ValidatePattern('^[^"]+$')] [string] $Reason,
  [Nullable[datetimeoffset]] $UnlessBootedSince,
  [Parameter(Mandatory)] [datetimeoffset] $SentAt
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Long enough for the answer to leave, short enough to be within the window that was waited for. Windows forces programs to
# close where it is more than 0.
$delaySeconds = 5

function Invoke-Shutdown {
  # With Stop, 5.1 takes the first line that a program writes to its redirected standard error for a terminating error.
  $ErrorActionPreference = 'Continue'
  # 4:1 of the planned reasons: application, maintenance
  $said = & (Get-SystemProgram 'shutdown.exe') /r /t $delaySeconds /d p:4:1 /c $Reason 2>&1 | ForEach-Object { [string]$_ }
  $text = (@($said | Where-Object { $_ }) -join ' ').Trim()
  # Its message ends with the number of the error, in every language.
  $code = if ($LASTEXITCODE -ne 0 -and $text -match '\((\d{1,5})\)$') { [int]$Matches[1] } else { $LASTEXITCODE }
  @{ code = $code; text = $text }
}

$ahead = [datetimeoffset]::UtcNow - $SentAt
$booted = (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime
$again = $null -ne $UnlessBootedSince
$hasBooted = $again -and $booted.ToUniversalTime() -ge ($UnlessBootedSince + $ahead).UtcDateTime
$restarting = $false
if (-not $hasBooted -and $PSCmdlet.ShouldProcess('this host', "Restart: $Reason")) {
  $ended = Invoke-Shutdown
  switch ($ended.code) {
    0 { $restarting = $true }
    # ERROR_SHUTDOWN_IN_PROGRESS
    1115 { $restarting = $true }
    # ERROR_SHUTDOWN_IS_SCHEDULED: ours where an earlier try may have come here; else somebody's, and nobody knows for when
    1190 {
      if (-not $again) { Stop-Operation SCRIPT_FAILED 'Someone has scheduled a shutdown of this host (1190); shutdown.exe /a takes it back.' }
      $restarting = $true
    }
    5 { Stop-Operation ACCESS_DENIED "shutdown.exe ended with 5: $($ended.text)" }
    default { Stop-Operation SCRIPT_FAILED "shutdown.exe ended with $($ended.code): $($ended.text)" }
  }
}
@{ restarting = $restarting; bootTime = ConvertTo-UtcText $booted }

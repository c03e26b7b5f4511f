<#
.SYNOPSIS
Brings the dMSA logon policy and the Kerberos event log of this host to a wanted state, for preparing and restoring.
.DESCRIPTION
Reads, changes only what differs, reads again. Nothing is touched where a group policy delivers another value than the
wanted one: it would come back. Needs a member of the local Administrators.
.PARAMETER Policy
value: the DWORD, or null for absent. keyExists: with false, the key is removed where nothing else is in it.
.PARAMETER EventLogEnabled
Whether the log is on; without it the log is left alone.
.EXAMPLE
. .\prelude.ps1; .\set-host.ps1 -Policy @{ value = 1; keyExists = $true } -EventLogEnabled $true -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [psobject] $Policy,
  [Nullable[bool]] $EventLogEnabled
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Set-PolicyValue {
  param([Parameter(Mandatory)] [int] $Value)
  # -Force makes the missing parents too; on a key that exists it would empty the key
  if (-not (Test-Path -LiteralPath $PolicyKey)) { $null = New-Item -Path $PolicyKey -Force }
  $null = New-ItemProperty -LiteralPath $PolicyKey -Name $PolicyValue -PropertyType DWord -Value $Value -Force
}

function Remove-EmptyKey {
  param([Parameter(Mandatory)] [string] $Path)
  if (-not (Test-Path -LiteralPath $Path)) { return }
  $key = Get-Item -LiteralPath $Path
  if ($key.ValueCount -eq 0 -and $key.SubKeyCount -eq 0) { Remove-Item -LiteralPath $Path }
}

$wanted = if ($null -eq $Policy.value) { $null } else { [int]$Policy.value }
$wantsKey = [bool]$Policy.keyExists
if ($null -ne $wanted -and -not $wantsKey) {
  Stop-Operation INVALID_PARAMETER 'policy: a value needs its key, so keyExists must be true.' 'policy'
}

function ConvertTo-Words {
  param([Nullable[int]] $Value)
  if ($null -eq $Value) { 'absent' } else { [string]$Value }
}

# Where group policy cannot be read the change is made: an inspection says that it cannot, and verifying reads it again.
function Assert-NoGroupPolicy {
  try { $delivered = Get-PolicyFromGroupPolicy } catch { $delivered = $null }
  if ($null -eq $delivered -or $delivered.value -eq $wanted) { return }
  $why = "The group policy ""$($delivered.gpo)"" delivers $PolicyValue $(ConvertTo-Words $delivered.value), not $(ConvertTo-Words $wanted)."
  Stop-Operation POLICY_FROM_GROUP_POLICY $why $delivered.gpo
}

$changed = @()
$before = Get-KerberosPolicy
if ($before.value -ne $wanted) { Assert-NoGroupPolicy }
$step = "$(ConvertTo-Words $before.value) $([char]0x2192) $(ConvertTo-Words $wanted)"
if ($before.value -ne $wanted -and $PSCmdlet.ShouldProcess("$PolicyKey\$PolicyValue", $step)) {
  if ($null -eq $wanted) { Remove-ItemProperty -LiteralPath $PolicyKey -Name $PolicyValue }
  else { Set-PolicyValue $wanted }
  $changed = @('policy')
}
$now = Get-KerberosPolicy
if ($now.keyExists -ne $wantsKey -and $PSCmdlet.ShouldProcess($PolicyKey, "Key exists: $wantsKey")) {
  if ($wantsKey) { $null = New-Item -Path $PolicyKey -Force }
  else {
    Remove-EmptyKey $PolicyKey
    # The parent may have been made along with it; empty, it means nothing to anyone.
    if (-not (Test-Path -LiteralPath $PolicyKey)) { Remove-EmptyKey (Split-Path -Path $PolicyKey -Parent) }
  }
  if ($before.value -eq $wanted -and (Get-KerberosPolicy).keyExists -eq $wantsKey) {
    $changed = @('key')
  }
}

if ($null -ne $EventLogEnabled) {
  $log = Get-WinEvent -ListLog $KerberosLog
  $step = if ($EventLogEnabled) { 'enabled' } else { 'disabled' }
  if ($log.IsEnabled -ne $EventLogEnabled -and $PSCmdlet.ShouldProcess($KerberosLog, $step)) {
    $log.IsEnabled = $EventLogEnabled
    $log.SaveChanges()
    $changed += 'log'
  }
}

@{ policy = Get-KerberosPolicy; eventLogEnabled = Test-KerberosLog; changed = $changed }

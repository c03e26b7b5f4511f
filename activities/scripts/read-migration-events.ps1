<#
.SYNOPSIS
Reads event 3085 of a domain controller about one pair of accounts or all, oldest first; changes nothing.
.DESCRIPTION
The event says who asked for a migration step and what became of it. Its fields are taken from its named data, else
from the labelled lines of its text. Needs a member of Event Log Readers on the domain controller.
Asked about all, it also says from when on the log still has events: without one, silence proves nothing.
.PARAMETER Dmsa
Distinguished name of the dMSA; events of every dMSA without it.
.PARAMETER Account
Distinguished name of the superseded account; events of every account without it.
.PARAMETER Server
The domain controller whose log is read.
.PARAMETER Since
Events before it are left out.
.PARAMETER Credential
For sessions without network credentials of their own.
.EXAMPLE
. .\prelude.ps1; .\read-migration-events.ps1 -Dmsa 'CN=d,...' -Account 'CN=a,...' -Server dc1 -Since 2026-01-01
#>
[CmdletBinding()]
param(
  [string] $Dmsa,
  [string] $Account,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Server,
  [Parameter(Mandatory)] [datetimeoffset] $Since,
  [System.Management.Automation.PSCredential] $Credential
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# DOMAIN\name of whoever the cmdlets run as: what the event calls RequestedBy.
function Get-RunningIdentity {
  param([Parameter(Mandatory)] [hashtable] $Target)
  if (-not $Credential) { return "$([System.Environment]::UserDomainName)\$([System.Environment]::UserName)" }
  if ($Credential.UserName -notlike '*@*') { return $Credential.UserName }
  # msDS-PrincipalName is DOMAIN\name, made by the domain controller
  $text = ConvertTo-FilterText $Credential.UserName
  $user = @(Get-ADUser -LDAPFilter "(userPrincipalName=$text)" -Properties msDS-PrincipalName @Target)
  if (-not $user) {
    # Everyone may also log on as sAMAccountName@domain
    $text = ConvertTo-FilterText ($Credential.UserName -replace '@[^@]*$')
    $user = @(Get-ADUser -LDAPFilter "(sAMAccountName=$text)" -Properties msDS-PrincipalName @Target)
  }
  if ($user) { [string](Get-PropertyValue $user[0] 'msDS-PrincipalName') } else { $Credential.UserName }
}

# RFC 4515
function ConvertTo-FilterText {
  param([Parameter(Mandatory)] [string] $Text)
  [regex]::Replace($Text, '[\\*()\x00]', { param($match) '\{0:x2}' -f [int][char]$match.Value })
}

function ConvertTo-MigrationEvent {
  param([Parameter(Mandatory)] $Record)
  $fields = @{}
  $found = Get-EventField $Record
  foreach ($name in $found.Keys) { $fields[$name -replace '\s'] = $found[$name] }
  @{
    at = ConvertTo-UtcText $Record.TimeCreated
    operation = [string]$fields['Operation']
    requestedBy = [string]$fields['RequestedBy']
    errorCode = [string]$fields['ErrorCode']
    account = [string]$fields['ServiceAccount']
    dmsa = [string]$fields['DMSAAccount']
  }
}

$target = Get-DirectoryTarget -Server $Server -Credential $Credential
$where = @{ ComputerName = $Server }
if ($Credential) { $where.Credential = $Credential }
$query = @{ FilterHashtable = @{ LogName = 'Directory Service'; Id = 3085; StartTime = $Since.LocalDateTime } }
$events = @(
  foreach ($record in Get-FoundEvent ($query + $where)) {
    $one = ConvertTo-MigrationEvent $record
    if ((-not $Dmsa -or $one.dmsa -eq $Dmsa) -and (-not $Account -or $one.account -eq $Account)) { $one }
  }
)
$oldest = if (-not $Dmsa -and -not $Account) {
  Get-FoundEvent (@{ FilterHashtable = @{ LogName = 'Directory Service' }; Oldest = $true; MaxEvents = 1 } + $where)
}
@{
  identity = Get-RunningIdentity -Target $target
  events = $events
  oldestAt = if ($oldest) { ConvertTo-UtcText $oldest.TimeCreated } else { $null }
}

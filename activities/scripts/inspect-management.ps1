<#
.SYNOPSIS
Reads what this management host offers for migrations: PowerShell, the module of Active Directory, who it runs as.
.DESCRIPTION
Changes nothing. The domain controller is asked for one account, to see whether it answers whoever the cmdlets run as.
Without the module, or where the domain controller refuses, that is an answer and no error.
.PARAMETER Server
The domain controller that is asked.
.PARAMETER Credential
For sessions without network credentials of their own.
.EXAMPLE
. .\prelude.ps1; .\inspect-management.ps1 -Server dc1.contoso.com
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Server,
  [System.Management.Automation.PSCredential] $Credential
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# What a domain controller says to one question; nothing where it answers it.
function Get-Refusal {
  $target = Get-DirectoryTarget -Server $Server -Credential $Credential
  try {
    $null = Get-ADUser -LDAPFilter '(sAMAccountName=krbtgt)' @target
  } catch {
    @{ code = Get-OperationErrorCode $_; message = [string]$_.Exception.Message }
  }
}

# First, as it also loads the module, and the cmdlets are looked up among what is loaded.
$refusal = Get-Refusal
$system = Get-CimInstance -ClassName Win32_OperatingSystem
$computer = Get-CimInstance -ClassName Win32_ComputerSystem
$module = @(Get-Module -ListAvailable -Name ActiveDirectory) | Select-Object -First 1
$wanted = 'Start', 'Complete', 'Undo', 'Reset' | ForEach-Object { "$_-ADServiceAccountMigration" }
@{
  computerName = [string]$computer.Name
  build = [int]$system.BuildNumber
  edition = [string]$system.Caption
  powerShell = [string]$PSVersionTable.PSVersion
  identity = "$([System.Environment]::UserDomainName)\$([System.Environment]::UserName)"
  module = if ($module) { [string]$module.Version } else { $null }
  cmdlets = @($wanted | Where-Object { $ExecutionContext.InvokeCommand.GetCommand($_, 'All') })
  refusal = $refusal
  # Last: by then nothing else is waited for.
  clock = ConvertTo-UtcText ([datetime]::UtcNow)
}

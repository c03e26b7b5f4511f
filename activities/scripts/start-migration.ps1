<#
.SYNOPSIS
Links a dMSA in state 0 with the account that it shall supersede; both are then in state 1.
.DESCRIPTION
Start-ADServiceAccountMigration with explicit server and credential. That it says yes proves nothing: the caller reads
both objects afterwards. Needs Domain Admins or the equivalent.
.PARAMETER Dmsa
Distinguished name of the dMSA.
.PARAMETER Account
Distinguished name of the account to be superseded.
.PARAMETER Server
The domain controller to do it on.
.PARAMETER Credential
For sessions without network credentials of their own.
.EXAMPLE
. .\prelude.ps1; .\start-migration.ps1 -Dmsa 'CN=d,...' -Account 'CN=a,...' -Server dc1.contoso.com -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Dmsa,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Account,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Server,
  [System.Management.Automation.PSCredential] $Credential
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$target = Get-DirectoryTarget -Server $Server -Credential $Credential
# The cmdlet has no -WhatIf of its own.
if ($PSCmdlet.ShouldProcess($Dmsa, 'Start the migration')) {
  $null = Start-ADServiceAccountMigration -Identity $Dmsa -SupersededAccount $Account @target
}
@{ server = $Server }

<#
.SYNOPSIS
Replaces the principals that may retrieve the managed password of a dMSA.
.DESCRIPTION
The cmdlet replaces the whole list, so the caller has read and merged. Answers the list as it is read back.
.PARAMETER Dmsa
Distinguished name of the dMSA.
.PARAMETER Principals
SIDs; an empty list lets nobody in.
.PARAMETER Server
The domain controller to do it on.
.PARAMETER Credential
For sessions without network credentials of their own.
.EXAMPLE
. .\prelude.ps1; .\set-principals.ps1 -Dmsa 'CN=d,...' -Principals S-1-5-21-1-2-3-1104 -Server dc1.contoso.com -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Dmsa,
  [Parameter(Mandatory)] [AllowEmptyCollection()] [string[]] $Principals,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Server,
  [System.Management.Automation.PSCredential] $Credential
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# From the descriptor rather than from the cmdlet's own list of names: SIDs of deleted accounts are in it too.
function Get-PasswordPrincipal {
  param([Parameter(Mandatory)] [hashtable] $Target)
  $attribute = 'msDS-GroupMSAMembership'
  $account = Get-ADServiceAccount -Identity $Dmsa -Properties $attribute @Target
  $descriptor = Get-PropertyValue $account $attribute
  if (-not $descriptor) { return }
  $descriptor.GetAccessRules($true, $false, [System.Security.Principal.SecurityIdentifier]) |
    Where-Object { $_.AccessControlType -eq 'Allow' } |
    ForEach-Object { [string]$_.IdentityReference.Value } |
    Sort-Object -Unique
}

$target = Get-DirectoryTarget -Server $Server -Credential $Credential
if ($PSCmdlet.ShouldProcess($Dmsa, "Replace the principals by: $($Principals -join ', ')")) {
  $list = if ($Principals.Count) { $Principals } else { $null }
  Set-ADServiceAccount -Identity $Dmsa -PrincipalsAllowedToRetrieveManagedPassword $list -Confirm:$false @target
}
@{ principals = @(Get-PasswordPrincipal -Target $target) }

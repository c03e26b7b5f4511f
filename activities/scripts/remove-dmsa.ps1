<#
.SYNOPSIS
Removes a dMSA that carries the description, and no other.
.DESCRIPTION
One that is absent is no error; one with another description is refused with DMSA_NOT_OURS.
.PARAMETER Dmsa
Distinguished name of the dMSA.
.PARAMETER Description
The mark it was created with; compared exactly.
.PARAMETER Server
The domain controller to do it on.
.PARAMETER Credential
For sessions without network credentials of their own.
.EXAMPLE
. .\prelude.ps1; .\remove-dmsa.ps1 -Dmsa 'CN=d,...' -Description mark -Server dc1.contoso.com -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Dmsa,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Description,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Server,
  [System.Management.Automation.PSCredential] $Credential
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$target = Get-DirectoryTarget -Server $Server -Credential $Credential
$account = Find-ServiceAccount -Identity $Dmsa -Target $target
$removed = $false
if ($account) {
  $isOurs = $account.ObjectClass -eq 'msDS-DelegatedManagedServiceAccount' -and
    (Get-PropertyValue $account 'Description') -ceq $Description
  if (-not $isOurs) { Stop-Operation DMSA_NOT_OURS "$Dmsa does not carry the mark of this migration." $Dmsa }
  if ($PSCmdlet.ShouldProcess($Dmsa, 'Remove the dMSA')) {
    # By GUID: whatever takes the name between reading and removing is another object.
    Remove-ADServiceAccount -Identity ([string]$account.ObjectGUID) -Confirm:$false @target
    $removed = $true
  }
}
@{ removed = $removed }

<#
.SYNOPSIS
Creates a dMSA in state 0 with AES256 only.
.DESCRIPTION
A dMSA of that name that already carries the description is answered as it is, so that the operation may be repeated;
anything else of that name is refused with DMSA_NAME_TAKEN. Needs the right to create such objects in the container.
.PARAMETER Name
At most 15 characters; the sAMAccountName is the name with a dollar sign.
.PARAMETER DnsHostName
For example the name in the domain: dmsa.contoso.com.
.PARAMETER Container
Distinguished name of a container or organizational unit.
.PARAMETER Description
Marks whose it is.
.PARAMETER Server
The domain controller to do it on.
.PARAMETER Credential
For sessions without network credentials of their own.
.EXAMPLE
. .\prelude.ps1; .\new-dmsa.ps1 d d.contoso.com 'CN=Managed Service Accounts,DC=contoso,DC=com' mark dc1 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [Parameter(Mandatory)] [ValidateLength(1, 15)] [string] $Name,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $DnsHostName,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Container,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Description,
  [Parameter(Mandatory)] [ValidateNotNullOrEmpty()] [string] $Server,
  [System.Management.Automation.PSCredential] $Credential
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$target = Get-DirectoryTarget -Server $Server -Credential $Credential
$account = Find-ServiceAccount -Identity "$Name$" -Target $target
if ($account) {
  $isOurs = $account.ObjectClass -eq 'msDS-DelegatedManagedServiceAccount' -and
    (Get-PropertyValue $account 'Description') -ceq $Description
  if (-not $isOurs) {
    Stop-Operation DMSA_NAME_TAKEN "$($account.DistinguishedName) exists and is not of this migration." $Name
  }
} elseif ($PSCmdlet.ShouldProcess("$Name in $Container", 'Create the dMSA')) {
  $new = @{
    Name = $Name
    DNSHostName = $DnsHostName
    CreateDelegatedServiceAccount = $true
    KerberosEncryptionType = 'AES256'
    Path = $Container
    Description = $Description
    PassThru = $true
    Confirm = $false
  }
  $account = New-ADServiceAccount @new @target
}
if ($account) {
  @{ distinguishedName = [string]$account.DistinguishedName; objectGuid = ([guid]$account.ObjectGUID).ToString() }
}

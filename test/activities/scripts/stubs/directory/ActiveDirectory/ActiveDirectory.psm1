<#
The module ActiveDirectory of Windows Server 2025 for tests: its cmdlets with the parameters, output properties and
error ids that Microsoft documents. The directory is the JSON file named by STUB_DIRECTORY; calls are recorded there.
#>
Set-StrictMode -Version Latest

function Read-State { [System.IO.File]::ReadAllText($env:STUB_DIRECTORY) | ConvertFrom-Json }
function Write-State {
  param($State)
  [System.IO.File]::WriteAllText($env:STUB_DIRECTORY, (ConvertTo-Json -InputObject $State -Depth 12))
}

function New-ErrorRecord {
  param([string] $Message, [string] $Id, [string] $Category, $Target)
  [System.Management.Automation.ErrorRecord]::new([System.Exception]::new($Message), $Id, $Category, $Target)
}

# Records the call with whom it was made as, and fails it where the test asks for that: { id, category, message }.
function Enter-Cmdlet {
  param($Cmdlet, $Bound)
  $state = Read-State
  $name = [string]$Cmdlet.MyInvocation.MyCommand.Name
  $said = [ordered]@{ cmdlet = $name }
  foreach ($key in $Bound.Keys | Sort-Object) {
    $value = $Bound[$key]
    if ($value -is [System.Management.Automation.PSCredential]) {
      $value = "$($value.UserName):$($value.GetNetworkCredential().Password)"
    }
    if ($value -is [switch]) { $value = [bool]$value }
    $said[$key] = $value
  }
  $state.calls = @(@($state.calls) + [pscustomobject]$said)
  Write-State $state
  $asked = $state.errors.PSObject.Properties[$name]
  if ($asked) {
    $Cmdlet.ThrowTerminatingError((New-ErrorRecord $asked.Value.message $asked.Value.id $asked.Value.category $Bound['Identity']))
  }
  $state
}

function Find-Account {
  param($State, [string] $Identity, $Cmdlet)
  $found = @($State.accounts | Where-Object { $Identity -in $_.dn, $_.guid, $_.sid, $_.sam })
  if ($found) { return $found[0] }
  $Cmdlet.ThrowTerminatingError((New-ErrorRecord "Cannot find an object with identity: '$Identity' under: 'DC=contoso,DC=com'." `
        'ActiveDirectoryCmdlet:Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException' 'ObjectNotFound' $Identity))
}

function ConvertTo-Account {
  param($Account, [string[]] $Properties)
  $object = [ordered]@{
    DistinguishedName = $Account.dn; Enabled = $true; Name = $Account.name; ObjectClass = $Account.class
    ObjectGUID = [guid]$Account.guid; SamAccountName = $Account.sam; SID = $Account.sid; UserPrincipalName = $null
  }
  if ($Properties -contains 'Description') { $object.Description = $Account.description }
  if ($Properties -contains 'msDS-GroupMSAMembership' -and @($Account.principals)) {
    $object['msDS-GroupMSAMembership'] = ConvertTo-Descriptor $Account
  }
  [pscustomobject]$object
}

# An ActiveDirectorySecurity with allow entries for the principals and one that denies.
function ConvertTo-Descriptor {
  param($Account)
  $descriptor = [pscustomobject]@{ Sids = @($Account.principals) }
  $descriptor | Add-Member -MemberType ScriptMethod -Name GetAccessRules -Value {
    param([bool] $includeExplicit, [bool] $includeInherited, [type] $targetType)
    if ($targetType.FullName -ne 'System.Security.Principal.SecurityIdentifier') { throw 'SIDs only' }
    foreach ($sid in $this.Sids) {
      [pscustomobject]@{ AccessControlType = 'Allow'; IdentityReference = [pscustomobject]@{ Value = $sid } }
    }
    [pscustomobject]@{ AccessControlType = 'Deny'; IdentityReference = [pscustomobject]@{ Value = 'S-1-1-0' } }
  }
  $descriptor
}

function Get-ADServiceAccount {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory, Position = 0)] [string] $Identity,
    [string[]] $Properties, [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  $state = Enter-Cmdlet $PSCmdlet $PSBoundParameters
  ConvertTo-Account (Find-Account $state $Identity $PSCmdlet) $Properties
}

function New-ADServiceAccount {
  [CmdletBinding(SupportsShouldProcess)]
  param(
    [Parameter(Mandatory, Position = 0)] [string] $Name,
    [Parameter(Mandatory)] [string] $DNSHostName,
    [switch] $CreateDelegatedServiceAccount,
    [ValidateSet('None', 'DES', 'RC4', 'AES128', 'AES256')] [string] $KerberosEncryptionType,
    [string] $Path, [string] $Description, [switch] $PassThru, [string] $Server,
    [System.Management.Automation.PSCredential] $Credential
  )
  $state = Enter-Cmdlet $PSCmdlet $PSBoundParameters
  $account = [pscustomobject]@{
    dn = "CN=$Name,$Path"; name = $Name; sam = "$Name$"; guid = '00000000-0000-4000-8000-0000000000aa'; sid = 'S-1-5-21-1-2-3-2001'
    class = if ($CreateDelegatedServiceAccount) { 'msDS-DelegatedManagedServiceAccount' } else { 'msDS-GroupManagedServiceAccount' }
    description = $Description; principals = @(); state = 0
  }
  $state.accounts = @(@($state.accounts) + $account)
  Write-State $state
  if ($PassThru) { ConvertTo-Account $account @() }
}

function Set-ADServiceAccount {
  [CmdletBinding(SupportsShouldProcess)]
  param(
    [Parameter(Mandatory, Position = 0)] [string] $Identity,
    [AllowNull()] [string[]] $PrincipalsAllowedToRetrieveManagedPassword,
    [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  $state = Enter-Cmdlet $PSCmdlet $PSBoundParameters
  $account = Find-Account $state $Identity $PSCmdlet
  $account.principals = @(
    foreach ($principal in @($PrincipalsAllowedToRetrieveManagedPassword | Where-Object { $_ })) {
      (Find-Account $state $principal $PSCmdlet).sid
    }
  )
  Write-State $state
}

function Remove-ADServiceAccount {
  [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
  param(
    [Parameter(Mandatory, Position = 0)] [string] $Identity,
    [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  $state = Enter-Cmdlet $PSCmdlet $PSBoundParameters
  $account = Find-Account $state $Identity $PSCmdlet
  if (-not $PSCmdlet.ShouldProcess($account.dn)) { return }
  $state.accounts = @($state.accounts | Where-Object { $_.guid -ne $account.guid })
  Write-State $state
}

function Move-Migration {
  param($Cmdlet, $Bound, [int[]] $From, [int] $By)
  $state = Enter-Cmdlet $Cmdlet $Bound
  $account = Find-Account $state $Bound['Identity'] $Cmdlet
  if ($From -notcontains $account.state) {
    $Cmdlet.ThrowTerminatingError((New-ErrorRecord `
          '00002035: SvcErr: DSID-031A1305, problem 5005 (UNABLE_TO_PROCEED), data 0' 'ActiveDirectoryServer:8245' 'NotSpecified' $account.dn))
  }
  $account.state += $By
  Write-State $state
}

function Start-ADServiceAccountMigration {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory, Position = 0)] [string] $Identity, [Parameter(Mandatory)] [string] $SupersededAccount,
    [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  Move-Migration $PSCmdlet $PSBoundParameters 0 1
}

function Complete-ADServiceAccountMigration {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory, Position = 0)] [string] $Identity, [Parameter(Mandatory)] [string] $SupersededAccount,
    [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  Move-Migration $PSCmdlet $PSBoundParameters 1 1
}

function Undo-ADServiceAccountMigration {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory, Position = 0)] [string] $Identity, [Parameter(Mandatory)] [string] $SupersededAccount,
    [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  Move-Migration $PSCmdlet $PSBoundParameters 1, 2 -1
}

function Reset-ADServiceAccountMigration {
  [CmdletBinding(SupportsShouldProcess)]
  param(
    [Parameter(Mandatory)] [string] $Identity, [Parameter(Mandatory)] [string] $SupersededAccount,
    [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  $null = Enter-Cmdlet $PSCmdlet $PSBoundParameters
}

function Get-ADUser {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory)] [string] $LDAPFilter,
    [string[]] $Properties, [string] $Server, [System.Management.Automation.PSCredential] $Credential
  )
  $state = Enter-Cmdlet $PSCmdlet $PSBoundParameters
  foreach ($user in @($state.users | Where-Object { $LDAPFilter -eq "($($_.foundBy))" })) {
    [pscustomobject]@{ SamAccountName = $user.sam; 'msDS-PrincipalName' = $user.principalName }
  }
}

# A script that may put other functions in the place of these.
if ($env:STUB_DIRECTORY_EXTENSION) { . $env:STUB_DIRECTORY_EXTENSION }

Export-ModuleMember -Function *-AD*

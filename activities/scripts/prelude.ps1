<#
.SYNOPSIS
Functions that every operation uses. The bootstrap runs it before the script; by hand, dot-source it first.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$PolicyKey = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Kerberos\Parameters'
$PolicyValue = 'DelegatedMSAEnabled'
$KerberosLog = 'Microsoft-Windows-Security-Kerberos/Operational'

# --- Errors ----------------------------------------------------------------------------------------------------------

# An error whose code is known here; the codes are those of docs/errors.md.
function Stop-Operation {
  param(
    [Parameter(Mandatory)] [string] $Code,
    [Parameter(Mandatory)] [string] $Message,
    [string] $Target
  )
  $exception = [System.InvalidOperationException]::new($Message)
  throw [System.Management.Automation.ErrorRecord]::new($exception, "Dmsa.$Code", 'NotSpecified', $Target)
}

function ConvertTo-OperationError {
  param([Parameter(Mandatory)] [System.Management.Automation.ErrorRecord] $Record)
  $target = $Record.TargetObject
  if ($Record.Exception -is [System.Management.Automation.ParameterBindingException]) {
    $target = $Record.Exception.ParameterName
  }
  @{
    code = Get-OperationErrorCode $Record
    category = [string]$Record.CategoryInfo.Category
    message = [string]$Record.Exception.Message
    target = if ($target) { [string]$target } else { $null }
  }
}

# The one table of PowerShell's errors. Ids and numbers are the same in every language of Windows; texts are not, so a
# text decides only where the domain controller's own diagnostic is quoted, which is not translated.
function Get-OperationErrorCode {
  param([Parameter(Mandatory)] [System.Management.Automation.ErrorRecord] $Record)
  $id = $Record.FullyQualifiedErrorId
  if ($id -cmatch '^Dmsa\.([A-Z_]+)') { return $Matches[1] }

  $exceptions = @(Get-ExceptionChain $Record.Exception)
  $numbers = @(Get-NativeErrorCode $Record)
  $command = Get-FailedCommand $Record
  if ($command -like '*-AD*' -and $id -match '^(CommandNotFoundException|CouldNotAutoloadMatchingModule|NamedParameterNotFound)') {
    return 'CMDLET_MISSING'
  }
  if (@($exceptions | Where-Object { "$($_.Message) $(Get-ServerText $_)" -match 'UNABLE_TO_PROCEED|00002035|problem 5005' })) {
    return 'UNABLE_TO_PROCEED'
  }
  # 5 access denied, 1314 privilege not held, 8344 insufficient access rights
  $refusals = @($exceptions | Where-Object {
      $_ -is [System.UnauthorizedAccessException] -or $_ -is [System.Security.SecurityException] -or
      $_ -is [System.Security.Authentication.AuthenticationException]
    })
  if ($refusals -or (@(5, 1314, 8344) | Where-Object { $numbers -contains $_ }) -or $Record.CategoryInfo.Category -in 'PermissionDenied', 'SecurityError') {
    return 'ACCESS_DENIED'
  }
  # 1722 the RPC server is unavailable, 1727 the call failed, 1753 no endpoint; 1355 no domain controller
  if ((@(1722, 1727, 1753, 1355) | Where-Object { $numbers -contains $_ }) -or
    ($id -match '^ActiveDirectory' -and $Record.CategoryInfo.Category -eq 'ResourceUnavailable')) {
    return 'RPC_UNAVAILABLE'
  }
  # 8333 directory object not found
  if ($id -match 'ADIdentityNotFoundException' -or $numbers -contains 8333) { return 'NOT_FOUND' }
  if ($id -match 'ADIdentityAlreadyExistsException' -or ($id -match '^ActiveDirectory' -and $Record.CategoryInfo.Category -eq 'ResourceExists')) {
    return 'DMSA_NAME_TAKEN'
  }
  if ($Record.Exception -is [System.Management.Automation.ParameterBindingException] -or
    $id -match '^ActiveDirectory(Cmdlet:System\.Argument|Server:87\b)') {
    return 'INVALID_PARAMETER'
  }
  'SCRIPT_FAILED'
}

function Get-ExceptionChain {
  param([System.Exception] $Exception)
  for ($one = $Exception; $one; $one = $one.InnerException) { $one }
}

# Windows' own error numbers in an error, wherever it carries them.
function Get-NativeErrorCode {
  param([Parameter(Mandatory)] [System.Management.Automation.ErrorRecord] $Record)
  if ($Record.FullyQualifiedErrorId -match '^ActiveDirectoryServer:(\d+)') { [int]$Matches[1] }
  foreach ($exception in Get-ExceptionChain $Record.Exception) {
    if ($exception -is [System.ComponentModel.Win32Exception]) { $exception.NativeErrorCode }
    # 0x8007xxxx: a Windows error in an HRESULT; 0x80041003: WMI's access denied
    if (($exception.HResult -shr 16 -band 0xFFFF) -eq 0x8007) { $exception.HResult -band 0xFFFF }
    if ($exception.HResult -eq 0x80041003) { 5 }
    # An EventLogException keeps its number to itself and says the system's own words for it.
    foreach ($number in 5, 1722, 1753) {
      if ($exception.Message -eq [System.ComponentModel.Win32Exception]::new($number).Message) { $number }
    }
  }
}

# The module of Active Directory keeps the domain controller's diagnostic in a property of its own.
function Get-ServerText {
  param([Parameter(Mandatory)] [System.Exception] $Exception)
  $property = $Exception.PSObject.Properties['ServerErrorMessage']
  if ($property) { [string]$property.Value }
}

function Get-FailedCommand {
  param([Parameter(Mandatory)] [System.Management.Automation.ErrorRecord] $Record)
  $exception = $Record.Exception
  if ($exception -is [System.Management.Automation.CommandNotFoundException]) { return $exception.CommandName }
  if ($exception -is [System.Management.Automation.ParameterBindingException] -and $exception.CommandInvocation) {
    return [string]$exception.CommandInvocation.MyCommand
  }
  ''
}

# --- Times -----------------------------------------------------------------------------------------------------------

function ConvertTo-UtcText {
  param([Nullable[datetime]] $Time)
  if ($null -eq $Time) { return $null }
  $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [cultureinfo]::InvariantCulture)
}

# --- The host --------------------------------------------------------------------------------------------------------

function Get-KerberosPolicy {
  if (-not (Test-Path -LiteralPath $PolicyKey)) { return [pscustomobject]@{ value = $null; keyExists = $false } }
  $value = $null
  if (@((Get-Item -LiteralPath $PolicyKey).Property) -contains $PolicyValue) {
    $value = (Get-ItemProperty -LiteralPath $PolicyKey).$PolicyValue
    # What could not be written back as it was must not be taken for a before-image.
    if ($value -isnot [int]) {
      Stop-Operation SCRIPT_FAILED "$PolicyValue is no DWORD but $($value.GetType().Name)." "$PolicyKey\$PolicyValue"
    }
  }
  [pscustomobject]@{ value = $value; keyExists = $true }
}

# By its full path: a program of Windows, whatever PATH says.
function Get-SystemProgram {
  param([Parameter(Mandatory)] [string] $Name)
  Join-Path -Path $env:SystemRoot -ChildPath "System32/$Name"
}

# Names of services to names of the cluster resources that own them. Throws where this is a running node of a cluster that
# cannot be read: a service may then be anybody's. A resource names its service, and one of SQL Server its instance.
function Get-ClusterOwner {
  $owners = @{}
  $node = @(Get-CimInstance -ClassName Win32_Service -Filter "Name='ClusSvc'" | Where-Object { $_.State -ne 'Stopped' })
  if (-not $node) { return $owners }
  try { $resources = @(Get-CimInstance -Namespace root/MSCluster -ClassName MSCluster_Resource) }
  catch {
    $why = "Whether a cluster resource owns a service cannot be read: $($_.Exception.Message)"
    Stop-Operation (Get-OperationErrorCode $_) $why 'MSCluster_Resource'
  }
  foreach ($resource in $resources) {
    $own = $resource.PrivateProperties
    if ($null -eq $own) { continue }
    $service = [string](Get-PropertyValue $own 'ServiceName')
    $instance = [string](Get-PropertyValue $own 'InstanceName')
    if (-not $service -and $instance) {
      $isDefault = $instance -eq 'MSSQLSERVER'
      $service = switch ([string]$resource.Type) {
        'SQL Server' { if ($isDefault) { 'MSSQLSERVER' } else { "MSSQL`$$instance" } }
        'SQL Server Agent' { if ($isDefault) { 'SQLSERVERAGENT' } else { "SQLAgent`$$instance" } }
      }
    }
    if ($service) { $owners[$service] = [string]$resource.Name }
  }
  $owners
}

# The group policy that delivers the value: @{ gpo; value }, value null where it removes it; nothing where none does.
# From what the last processing of policies has logged (RSOP_RegistryPolicySetting; the one with precedence 1 won), so it
# throws where that cannot be read, and knows nothing where "Turn off Resultant Set of Policy logging" is on.
function Get-PolicyFromGroupPolicy {
  $rsop = @{ Namespace = 'root/rsop/computer' }
  $key = $PolicyKey -replace '^HKLM:\\'
  $won = @(
    Get-CimInstance @rsop -ClassName RSOP_RegistryPolicySetting -Filter "precedence=1 AND valueName='$PolicyValue'" |
      Where-Object { ([string]$_.registryKey -replace '^(HKLM|HKEY_LOCAL_MACHINE)\\') -eq $key }
  )
  if (-not $won) { return }
  $gpo = [string]$won[0].GPOID
  $named = @(Get-CimInstance @rsop -ClassName RSOP_GPO | Where-Object { [string]$_.id -eq $gpo })
  if ($named) { $gpo = [string]$named[0].name }
  # 4 is REG_DWORD: four octets, the lowest first
  $octets = [byte[]]@($won[0].value)
  $isNumber = [int]$won[0].valueType -eq 4 -and $octets.Count -eq 4 -and -not $won[0].deleted
  @{ gpo = $gpo; value = if ($isNumber) { [System.BitConverter]::ToInt32($octets, 0) } else { $null } }
}

function Test-KerberosLog {
  try { [bool](Get-WinEvent -ListLog $KerberosLog).IsEnabled }
  catch {
    if ($_.FullyQualifiedErrorId -notlike 'NoMatchingLogsFound*') { throw }
    $false
  }
}

# 105, 307, 308 and 309, oldest first. An enumeration with -FilterHashtable that finds nothing is an error.
function Get-KerberosEvent {
  param([Nullable[datetimeoffset]] $Since)
  if ($null -eq $Since) { return }
  $filter = @{ LogName = $KerberosLog; Id = 105, 307, 308, 309; StartTime = $Since.LocalDateTime }
  foreach ($record in Get-FoundEvent @{ FilterHashtable = $filter }) {
    @{ id = [int]$record.Id; at = ConvertTo-UtcText $record.TimeCreated; fields = Get-EventField $record }
  }
}

function Get-FoundEvent {
  param([Parameter(Mandatory)] [hashtable] $Query)
  try { Get-WinEvent @Query | Sort-Object -Property TimeCreated, RecordId }
  catch {
    if ($_.FullyQualifiedErrorId -notmatch '^NoMatching(Events|Logs)Found') { throw }
  }
}

# The named data of an event, and the labelled lines of its text: "Status: 0x0", or a label with its value below it.
function Get-EventField {
  param([Parameter(Mandatory)] $Record)
  $fields = @{}
  $document = [xml]$Record.ToXml()
  foreach ($data in $document.SelectNodes("//*[local-name()='EventData']/*[@Name]")) {
    $fields[$data.GetAttribute('Name')] = [string]$data.InnerText
  }
  $label = $null
  foreach ($line in ([string]$Record.Message -split '\r?\n')) {
    $text = $line.Trim()
    if (-not $text) { continue }
    if ($label -and $text -notmatch '^[^:]+:$') {
      $fields[$label] = $text
      $label = $null
      continue
    }
    $label = $null
    if ($text -notmatch '^([^:]{1,60}):\s*(.*)$') { continue }
    $name = $Matches[1].Trim()
    $fields[$name] = $Matches[2]
    if (-not $Matches[2]) { $label = $name }
  }
  $fields
}

# --- The directory ---------------------------------------------------------------------------------------------------

# What every cmdlet of the module of Active Directory is told besides.
function Get-DirectoryTarget {
  param(
    [Parameter(Mandatory)] [string] $Server,
    [System.Management.Automation.PSCredential] $Credential
  )
  $target = @{ Server = $Server }
  if ($Credential) { $target.Credential = $Credential }
  $target
}

# The dMSA, or nothing where there is none.
function Find-ServiceAccount {
  param(
    [Parameter(Mandatory)] [string] $Identity,
    [Parameter(Mandatory)] [hashtable] $Target
  )
  try { Get-ADServiceAccount -Identity $Identity -Properties Description @Target }
  catch {
    if ((Get-OperationErrorCode $_) -ne 'NOT_FOUND') { throw }
  }
}

# A property that may be absent from an object of the directory.
function Get-PropertyValue {
  param([Parameter(Mandatory)] $InputObject, [Parameter(Mandatory)] [string] $Name)
  $property = $InputObject.PSObject.Properties[$Name]
  if ($property) { $property.Value }
}

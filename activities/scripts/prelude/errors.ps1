# Errors with a code, and the codes of Windows' own.

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

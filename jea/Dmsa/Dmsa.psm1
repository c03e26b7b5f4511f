<#
.SYNOPSIS
Runs the operations of dmsa in a JEA endpoint: one function a role, and the scripts that are installed beside it.
.DESCRIPTION
A caller sends the name of an operation and its parameters as JSON, never script text, and gets the framed answer that
the scripts give over SSH too. A role shows one function, and so its operations alone. What a function runs is not
subject to the session's language mode ("JEA Role Capabilities", Creating custom functions).
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# What is written in PowerShell in another module sees no scope of this one.
$global:ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$PSModuleAutoLoadingPreference = 'All'

# A JEA session has functions of these names that select and measure nothing. What the scripts find first is this
# module's, which is the cmdlet itself.
$SelectObject = $ExecutionContext.InvokeCommand.GetCommand('Select-Object', 'Cmdlet')
$MeasureObject = $ExecutionContext.InvokeCommand.GetCommand('Measure-Object', 'Cmdlet')
function Select-Object { $input | & $SelectObject @args }
function Measure-Object { $input | & $MeasureObject @args }

$ScriptFolder = Join-Path $PSScriptRoot 'Scripts'
$CheckFolder = Join-Path $PSScriptRoot 'Checks'
. (Join-Path $ScriptFolder 'prelude.ps1')

$HostOperations = @(
  'inspect-host'
  'set-host'
  'restart-services'
  'restart-host'
)
$ManagementOperations = @(
  'inspect-management'
  'new-dmsa'
  'remove-dmsa'
  'start-migration'
  'complete-migration'
  'undo-migration'
  'set-principals'
  'read-migration-events'
)

function Invoke-DmsaHostOperation {
  <#
  .SYNOPSIS
  Inspects and changes the host that it runs on.
  .PARAMETER Envelope
  The request, as JSON: v, nonce, operation, parameters.
  #>
  [CmdletBinding()]
  [OutputType([string])]
  param([Parameter(Mandatory)] [ValidateLength(1, 1048576)] [string] $Envelope)
  Invoke-InstalledOperation -Envelope $Envelope -Allowed $HostOperations
}

function Invoke-DmsaManagementOperation {
  <#
  .SYNOPSIS
  Runs the cmdlets of Active Directory, as the identity of the endpoint.
  .PARAMETER Envelope
  The request, as JSON: v, nonce, operation, parameters.
  #>
  [CmdletBinding()]
  [OutputType([string])]
  param([Parameter(Mandatory)] [ValidateLength(1, 1048576)] [string] $Envelope)
  Invoke-InstalledOperation -Envelope $Envelope -Allowed $ManagementOperations
}

function Invoke-InstalledOperation {
  param([string] $Envelope, [string[]] $Allowed)
  $answer = @{ v = 1; operation = ''; ok = $false }
  $nonce = 'unknown'
  try {
    $request = $Envelope | ConvertFrom-Json
    if ([string]$request.nonce -cmatch '^[0-9a-f]{32}\z') { $nonce = [string]$request.nonce }
    if ($request.v -ne 1) { Stop-Operation INVALID_PARAMETER "Envelope version $($request.v) is not known." 'v' }
    $answer.operation = [string]$request.operation
    # The name comes from the list, whatever was asked for.
    $operation = @($Allowed | Where-Object { $_ -ceq $request.operation })
    if ($operation.Count -ne 1) {
      Stop-Operation ACCESS_DENIED "This endpoint does not offer the operation '$($request.operation)'." ([string]$request.operation)
    }
    $script = Join-Path $ScriptFolder "$($operation[0]).ps1"
    $parameters = Get-RequestParameter $script $request.parameters
    $output = @(& $script @parameters)
    if ($output.Count -ne 1) { throw "The script answered $($output.Count) objects instead of one." }
    $answer.result = $output[0]
    $answer.ok = $true
  } catch {
    $answer.error = ConvertTo-OperationError $_
  }
  $json = ConvertTo-Json -InputObject $answer -Depth 10 -Compress
  $json = [regex]::Replace($json, '[^\x20-\x7e]', { param($match) '\u{0:x4}' -f [int][char]$match.Value })
  "`n-----BEGIN DMSA ANSWER $nonce $($json.Length)`n$json`n-----END DMSA ANSWER $nonce`n"
}

# Only what the script itself declares: no common parameter, and no credential, as the endpoint has its own identity.
function Get-RequestParameter {
  param([string] $Script, $Given)
  $errors = $null
  $tree = [System.Management.Automation.Language.Parser]::ParseFile($Script, [ref]$null, [ref]$errors)
  $declared = @($tree.ParamBlock.Parameters | ForEach-Object { $_.Name.VariablePath.UserPath } | Where-Object { $_ -ne 'Credential' })
  $parameters = @{}
  foreach ($property in $Given.PSObject.Properties) {
    if ($declared -notcontains $property.Name) {
      Stop-Operation INVALID_PARAMETER "$($property.Name) is no parameter of this operation." $property.Name
    }
    $parameters[$property.Name] = $property.Value
  }
  if ($declared -contains 'Checks' -and $parameters.ContainsKey('Checks')) { Assert-CheckScript $parameters.Checks }
  $parameters
}

# Whoever may use this endpoint is not to run a script of their own as its administrator.
function Assert-CheckScript {
  param($Checks)
  foreach ($check in @($Checks)) {
    if (-not $check.PSObject.Properties['path']) { continue }
    $path = [string]$check.path
    $inFolder = [System.IO.Path]::IsPathRooted($path) -and
      [System.IO.Path]::GetDirectoryName([System.IO.Path]::GetFullPath($path)) -eq $CheckFolder
    if (-not $inFolder) {
      Stop-Operation ACCESS_DENIED "A health check of this endpoint has to be a script in $CheckFolder." $path
    }
  }
}

Export-ModuleMember -Function Invoke-DmsaHostOperation, Invoke-DmsaManagementOperation

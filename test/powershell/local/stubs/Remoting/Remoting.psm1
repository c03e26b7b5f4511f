<#
PowerShell remoting for tests: what is run in a session is run in another process of the engine, with the registry and
the services of the computer that the session is with. Every call is a line in the file named by STUB_SESSIONS; the
computers are a JSON file named by STUB_COMPUTERS: { "web01.lab.example": { "environment": {}, "refusal": 0, "breaks": false } }.
#>
Set-StrictMode -Version Latest

function Add-Call {
  param([System.Collections.IDictionary] $Call)
  [System.IO.File]::AppendAllText($env:STUB_SESSIONS, (ConvertTo-Json -InputObject $Call -Compress -Depth 4) + "`n")
}

function Get-Computer {
  param([string] $Name)
  $computers = [System.IO.File]::ReadAllText($env:STUB_COMPUTERS) | ConvertFrom-Json
  $found = $computers.PSObject.Properties[$Name]
  if ($found) { $found.Value }
}

function New-PSSession {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory)] [string[]] $ComputerName,
    [string] $ConfigurationName,
    [string] $Authentication,
    $SessionOption
  )
  $name = $ComputerName[0]
  Add-Call ([ordered]@{
      call = 'New-PSSession'
      computer = $name
      configuration = $ConfigurationName
      authentication = $Authentication
      idleSeconds = $SessionOption.IdleTimeout.TotalSeconds
    })
  $computer = Get-Computer $name
  $refusal = if (-not $computer) { -2144108103 } else { $computer.refusal }
  if ($refusal) {
    $exception = [System.Management.Automation.Remoting.PSRemotingTransportException]::new("Connecting to remote server $name failed.")
    $exception.ErrorCode = $refusal
    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new($exception, 'PSSessionOpenFailed', 'OpenError', $null))
    return
  }
  $runspace = if ($ConfigurationName) { New-EndpointRunspace $ConfigurationName }
  [pscustomobject]@{ ComputerName = $name; State = 'Opened'; Runspace = $runspace; Environment = $computer.environment; Breaks = $computer.breaks }
}

# As a session configuration makes it: NoLanguage, one module, and the functions that its role shows.
function New-EndpointRunspace {
  param([string] $ConfigurationName)
  $file = [System.IO.Path]::Combine($env:STUB_JEA, 'Dmsa', 'RoleCapabilities', "$ConfigurationName.psrc")
  $role = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$null, [ref]$null).EndBlock.Statements[0].PipelineElements[0].Expression.SafeGetValue()
  $runspace = [runspacefactory]::CreateRunspace([runspace]::DefaultRunspace.InitialSessionState.Clone())
  $runspace.Open()
  $work = [powershell]::Create()
  $work.Runspace = $runspace
  $null = $work.AddScript({
      param($Module, $Shown)
      Import-Module -Name $Module -Global
      # Of the constrained functions that such a session has, the one that a script would miss.
      function global:Select-Object { throw 'This Select-Object selects nothing.' }
      $ExecutionContext.SessionState.Applications.Clear()
      $ExecutionContext.SessionState.Scripts.Clear()
      foreach ($command in Get-Command -CommandType Cmdlet, Function, Alias, Filter) {
        $command.Visibility = if ($Shown -contains $command.Name) { 'Public' } else { 'Private' }
      }
    }.ToString()).AddArgument([System.IO.Path]::Combine($env:STUB_JEA, 'Dmsa', 'Dmsa.psd1')).AddArgument(@($role.VisibleFunctions)).Invoke()
  if ($work.HadErrors) { throw $work.Streams.Error[0] }
  $work.Dispose()
  $runspace.SessionStateProxy.LanguageMode = 'NoLanguage'
  $runspace
}

function Invoke-Command {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory)] $Session,
    [Parameter(Mandatory)] [scriptblock] $ScriptBlock,
    [object[]] $ArgumentList
  )
  if ($Session.State -ne 'Opened') { throw "The session with $($Session.ComputerName) is $($Session.State)." }
  Add-Call ([ordered]@{ call = 'Invoke-Command'; computer = $Session.ComputerName })
  $text = "`$given = [Console]::In.ReadToEnd()`n`$output = & {$ScriptBlock} `$given`n[Console]::Out.Write(`$output)"
  $start = [System.Diagnostics.ProcessStartInfo]::new($env:STUB_ENGINE)
  foreach ($word in '-NoProfile', '-NonInteractive', '-EncodedCommand') { $start.ArgumentList.Add($word) }
  $start.ArgumentList.Add([Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($text)))
  $start.RedirectStandardInput = $true
  $start.RedirectStandardOutput = $true
  foreach ($variable in $Session.Environment.PSObject.Properties) { $start.Environment[$variable.Name] = [string]$variable.Value }
  $process = [System.Diagnostics.Process]::Start($start)
  $ended = $false
  try {
    $reading = $process.StandardOutput.ReadToEndAsync()
    $process.StandardInput.Write([string]$ArgumentList[0])
    $process.StandardInput.Close()
    if ($Session.Breaks) { $process.Kill($true) }
    while (-not $reading.IsCompleted) { Start-Sleep -Milliseconds 20 }
    $ended = $true
    $process.WaitForExit()
    if ($process.ExitCode -ne 0) {
      $exception = [System.Management.Automation.Remoting.PSRemotingTransportException]::new("The session with $($Session.ComputerName) broke.")
      $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new($exception, 'JobFailure', 'OpenError', $null))
      return
    }
    $reading.Result
  } finally {
    # A stopped pipeline stops the remote one.
    if (-not $ended) {
      Add-Call ([ordered]@{ call = 'Stop'; computer = $Session.ComputerName })
      $process.Kill($true)
    }
  }
}

function Remove-PSSession {
  [CmdletBinding()]
  param([Parameter(Mandatory)] $Session)
  Add-Call ([ordered]@{ call = 'Remove-PSSession'; computer = $Session.ComputerName })
  $Session.State = 'Closed'
  if ($Session.Runspace) { $Session.Runspace.Dispose() }
}

Export-ModuleMember -Function New-PSSession, Invoke-Command, Remove-PSSession

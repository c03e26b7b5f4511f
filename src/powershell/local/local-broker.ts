import { answering, encodedArguments, framing } from '../wire/bootstrap.ts';

/**
 * The fixed text of the process that this machine runs for each session of the `local` transport. Two lines of ASCII
 * JSON on standard input ask for one run: where and what (`BrokerRequest`), then the envelope; one framed answer comes
 * back. Where a computer is named, the process keeps a PSSession to it for the runs that follow.
 *
 * The run has a runspace of its own, so that standard input is watched meanwhile: its end, or a line that comes
 * before the answer, stops the run. Ending the process alone would not: "Active PSSessions are maintained on the
 * remote computer […] even if client side computer is shut down" (about_Remote_Disconnected_Sessions, since 3.0). So
 * the pipeline is stopped, the session removed, and for a process that was ended by force the session's IdleTimeout
 * is the least that there is, a minute, after which the host ends it (New-PSSessionOption).
 *
 * - A PSSession with a session configuration gets one command and its argument, no script: it may be in NoLanguage.
 * - What comes back from a host is one string, the framed answer: no deserialised object has a part in it.
 * - New-PSSession: error 5 is access denied, 1326 an unknown user or bad password; the rest is a host out of reach.
 */
export const broker = `
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'

$answering = {
  param([string] $envelope)
  # What is written in PowerShell in a module sees no other scope of ours; over SSH it is this one that the text runs in.
  $global:ErrorActionPreference = 'Stop'
  & {
${indent(answering)}
${indent(framing)}
    $text
  }
}
$opening = {
  param([string] $computer, [string] $configuration)
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue'
  $WarningPreference = 'SilentlyContinue'
  $option = New-Object System.Management.Automation.Remoting.PSSessionOption
  $option.OpenTimeout = [timespan]::FromSeconds(30)
  $option.CancelTimeout = [timespan]::FromSeconds(5)
  $option.IdleTimeout = [timespan]::FromSeconds(60)
  $option.NoMachineProfile = $true
  $where = @{ ComputerName = $computer; Authentication = 'Kerberos'; SessionOption = $option }
  if ($configuration) { $where.ConfigurationName = $configuration }
  New-PSSession @where
}
$calling = {
  param($session, [string] $answering, [string] $envelope)
  $block = [scriptblock]::Create($answering) # check-ignore Injection
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue'
  $WarningPreference = 'SilentlyContinue'
  Invoke-Command -Session $session -ScriptBlock $block -ArgumentList $envelope
}
$closing = {
  param($session)
  Remove-PSSession -Session $session
}

$stream = [Console]::OpenStandardOutput()
$reader = New-Object System.IO.StreamReader([Console]::OpenStandardInput(), [System.Text.Encoding]::ASCII)
$runspace = [runspacefactory]::CreateRunspace($Host, [runspace]::DefaultRunspace.InitialSessionState.Clone())
$runspace.Open()
$session = $null
$line = $null

function New-Work {
  param([scriptblock] $Block, [object[]] $Arguments)
  $work = [powershell]::Create()
  $work.Runspace = $runspace
  $null = $work.AddScript($Block.ToString())
  foreach ($argument in $Arguments) { $null = $work.AddArgument($argument) }
  $work
}

# What it answers; a line on standard input, or its end, stops it and this process.
function Wait-Work {
  param([powershell] $Work)
  try {
    $handle = $Work.BeginInvoke()
    $first = [System.Threading.WaitHandle]::WaitAny(@($handle.AsyncWaitHandle, $script:line.AsyncWaitHandle))
    if ($first -eq 1) {
      $Work.Stop()
      Close-Session
      exit 1
    }
    $Work.EndInvoke($handle)
  } finally { $Work.Dispose() }
}

function Close-Session {
  if (-not $script:session) { return }
  $work = New-Work $closing @($script:session)
  $script:session = $null
  try { $null = $work.Invoke() }
  catch { Write-Verbose "The session could not be closed: $_" }
  finally { $work.Dispose() }
}

function Get-Reason {
  param($Record)
  $exception = $Record.Exception
  # EndInvoke fails with the error of the run inside its own.
  if ($exception.InnerException -is [System.Management.Automation.RuntimeException]) {
    return Get-Reason $exception.InnerException.ErrorRecord
  }
  $Record
}

function Get-FailureCode {
  param($Record, [bool] $Opened)
  if ($Opened) {
    if ($Record.FullyQualifiedErrorId -like 'CommandNotFoundException*') { return 'ACCESS_DENIED' }
    return 'SESSION_LOST'
  }
  $number = $Record.Exception.PSObject.Properties['ErrorCode']
  if ($number -and $number.Value -in 5, 1326) { 'LOGIN_REFUSED' } else { 'HOST_UNREACHABLE' }
}

function Write-Answer {
  param([string] $Text)
  $bytes = [System.Text.Encoding]::ASCII.GetBytes($Text)
  $stream.Write($bytes, 0, $bytes.Length)
  $stream.Flush()
}

function Invoke-Request {
  param($Request, [string] $Envelope)
  if (-not $Request.computer) { return Wait-Work (New-Work $answering @($Envelope)) }
  if ($script:session -and [string]$script:session.State -ne 'Opened') { Close-Session }
  if (-not $script:session) {
    $script:opened = $false
    $script:session = @(Wait-Work (New-Work $opening @($Request.computer, $Request.configuration)))[0]
    $script:opened = $true
  }
  if (-not $Request.command) { return Wait-Work (New-Work $calling @($script:session, $answering.ToString(), $Envelope)) }
  $work = [powershell]::Create()
  $work.Runspace = $script:session.Runspace
  $null = $work.AddCommand($Request.command).AddParameter('Envelope', $Envelope)
  Wait-Work $work
}

$line = $reader.ReadLineAsync()
while ($null -ne ($head = $line.Result)) {
  $envelope = $reader.ReadLine()
  $request = $head | ConvertFrom-Json
  $line = $reader.ReadLineAsync()
  $opened = $true
  try {
    $answers = @(Invoke-Request $request $envelope)
    if ($answers.Count -ne 1) { throw "The session ended with $($answers.Count) answers instead of one." }
    Write-Answer ([string]$answers[0])
  } catch {
    $reason = Get-Reason $_
    $answer = @{
      v = 1
      operation = [string]$request.operation
      ok = $false
      error = @{
        code = Get-FailureCode $reason $opened
        category = [string]$reason.CategoryInfo.Category
        message = [string]$reason.Exception.Message
        target = $request.computer
      }
    }
    $nonce = [string]$request.nonce
${indent(framing)}
    Write-Answer $text
    break
  }
}
Close-Session
exit 0
`.trim();

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

/** What the program is started with. */
export const brokerArguments: readonly string[] = encodedArguments(broker);

/** The first of the two lines that ask for a run. */
export interface BrokerRequest {
  /** DNS name of the computer to have a session with; null for this machine, in the process itself. */
  computer: string | null;
  /** Name of the session configuration; null for the default one. */
  configuration: string | null;
  /** The command that takes the envelope there; null where the scripts are sent. */
  command: string | null;
  nonce: string;
  operation: string;
}

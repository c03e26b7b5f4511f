import { beginMarker, endMarker } from './envelope.ts';

/**
 * From `$envelope`, the text of a request, to `$text`, the framed answer. It is a constant: script, parameters and
 * credential travel in the envelope, so nothing is ever spliced into script text, and script block logging never sees
 * a secret. `ConvertTo-Json` of 5.1 does not escape letters beyond ASCII; the answer is escaped here.
 */
export const answering = `
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$request = $null
$answer = @{ v = 1; operation = ''; ok = $false }
try {
  $request = $envelope | ConvertFrom-Json
  $answer.operation = [string]$request.operation
  if ($request.v -ne 1) { throw "Envelope version $($request.v) is not known." }
  . ([scriptblock]::Create($request.prelude)) # check-ignore Injection
  $script = [scriptblock]::Create($request.script) # check-ignore Injection
  $parameters = @{}
  foreach ($property in $request.parameters.PSObject.Properties) { $parameters[$property.Name] = $property.Value }
  $declared = @($script.Ast.ParamBlock.Parameters | ForEach-Object { $_.Name.VariablePath.UserPath })
  if ($request.credential -and $declared -contains 'Credential') {
    $login = New-Object System.Net.NetworkCredential($request.credential.user, $request.credential.password)
    $parameters.Credential = New-Object System.Management.Automation.PSCredential($request.credential.user, $login.SecurePassword)
  }
  $output = @(& $script @parameters)
  if ($output.Count -ne 1) { throw "The script answered $($output.Count) objects instead of one." }
  $answer.result = $output[0]
  $answer.ok = $true
} catch {
  $record = $_
  $answer.error = @{ code = 'SCRIPT_FAILED'; category = 'NotSpecified'; message = [string]$record; target = $null }
  try { $answer.error = ConvertTo-OperationError $record } catch { $answer.error.category = 'InvalidOperation' }
}
$nonce = if ($request) { [string]$request.nonce } else { 'unknown' }
`.trim();

/** From `$answer` and `$nonce` to `$text`. */
export const framing = `
$json = ConvertTo-Json -InputObject $answer -Depth 10 -Compress
$json = [regex]::Replace($json, '[^\\x20-\\x7e]', { param($match) '\\u{0:x4}' -f [int][char]$match.Value })
$text = "\`n${beginMarker} $nonce $($json.Length)\`n$json\`n${endMarker} $nonce\`n"
`.trim();

/** Printed before anything is read: PowerShell runs, and what is waited for from here on is the operation. */
export const startedMarker = '-----DMSA STARTED-----';

/**
 * The fixed text that runs on a Windows host: the envelope from standard input, the framed answer to standard output.
 *
 * - `[Console]::In` is read and `$input` is not named: the console host then leaves standard input alone.
 * - The answer goes to the stream itself: the encoding of the console has no part in it, and it cannot be set where
 *   there is no console.
 * - Standard error and the exit code say nothing: the verdict is in the answer.
 */
export const bootstrap = `
$stream = [Console]::OpenStandardOutput()
$bytes = [System.Text.Encoding]::ASCII.GetBytes("${startedMarker}\`n")
$stream.Write($bytes, 0, $bytes.Length)
$stream.Flush()
$envelope = [Console]::In.ReadToEnd()
${answering}
${framing}
$bytes = [System.Text.Encoding]::ASCII.GetBytes($text)
$stream.Write($bytes, 0, $bytes.Length)
$stream.Flush()
exit 0
`.trim();

/** What \`powershell.exe\` is started with. */
export const bootstrapArguments: readonly string[] = encodedArguments(bootstrap);

/** For a fixed text: never for one that anything was spliced into. */
export function encodedArguments(text: string): string[] {
  const encoded = Buffer.from(text, 'utf16le').toString('base64');
  return ['-NoLogo', '-NoProfile', '-NonInteractive', '-EncodedCommand', encoded];
}

/** The command for SSH: cmd.exe, the default shell of Windows' SSH server, ends a line at 8,191 characters. */
export const commandLine: string = ['powershell.exe', ...bootstrapArguments].join(' ');

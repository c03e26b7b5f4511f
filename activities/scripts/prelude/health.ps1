# Health checks: a port, a URL, or a script of the operator's.

# For one attempt.
$checkSeconds = 30

# Each kind answers @{ healthy; detail } for one attempt, and throws nothing.
function Test-Port {
  param([Parameter(Mandatory)] [int] $Port)
  $wait = [System.Diagnostics.Stopwatch]::StartNew()
  $detail = 'nothing listens'
  # A service may listen on one address alone.
  $own = @([System.Net.Dns]::GetHostAddresses([System.Net.Dns]::GetHostName()))
  foreach ($address in @([ipaddress]::Loopback, [ipaddress]::IPv6Loopback) + $own) {
    $left = $checkSeconds * 1000 - [int]$wait.ElapsedMilliseconds
    if ($left -le 0) { break }
    $client = $null
    # A host may know no IPv6.
    try {
      $client = [System.Net.Sockets.TcpClient]::new($address.AddressFamily)
      if ($client.ConnectAsync($address, $Port).Wait($left)) { return @{ healthy = $true; detail = "connected to $address" } }
      $detail = "no answer in $checkSeconds s"
    } catch { $detail = [string]$_.Exception.GetBaseException().Message } finally { if ($client) { $client.Close() } }
  }
  @{ healthy = $false; detail = $detail }
}

function Test-Url {
  param([Parameter(Mandatory)] [string] $Url, [Parameter(Mandatory)] [int] $Status)
  # 5.1 may start with protocols that servers refuse by now; 0 leaves the choice to Windows.
  $protocols = [System.Net.ServicePointManager]::SecurityProtocol
  if ([int]$protocols -ne 0) {
    [System.Net.ServicePointManager]::SecurityProtocol = $protocols -bor [System.Net.SecurityProtocolType]::Tls12
  }
  $response = $null
  try {
    $request = [System.Net.WebRequest]::Create($Url)
    $request.Proxy = $null
    $request.AllowAutoRedirect = $false
    $request.KeepAlive = $false
    $request.Timeout = $checkSeconds * 1000
    $request.ReadWriteTimeout = $checkSeconds * 1000
    $response = $request.GetResponse()
  } catch {
    $failure = @(Get-ExceptionChain $_.Exception | Where-Object { $_ -is [System.Net.WebException] })
    if (-not $failure -or -not $failure[0].Response) {
      $cause = $_.Exception.GetBaseException()
      $trust = $cause -is [System.Security.Authentication.AuthenticationException] -or
      ($failure -and [string]$failure[0].Status -eq 'TrustFailure')
      return @{ healthy = $false; detail = "$(if ($trust) { 'the certificate is not trusted: ' })$($cause.Message)" }
    }
    $response = $failure[0].Response
  }
  $found = [int]$response.StatusCode
  $response.Close()
  if ($found -eq $Status) { return @{ healthy = $true; detail = "HTTP $found" } }
  @{ healthy = $false; detail = "HTTP $found, not $Status" }
}

# In a process of its own: it can be ended, and neither its errors nor its exit are ours. Its path is an argument.
function Test-Script {
  param([Parameter(Mandatory)] [string] $Path)
  if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return @{ healthy = $false; detail = "there is no file $Path" } }
  $start = [System.Diagnostics.ProcessStartInfo]::new((Get-SystemProgram 'WindowsPowerShell/v1.0/powershell.exe'))
  $start.Arguments = "-NoLogo -NoProfile -NonInteractive -File ""$Path"""
  $start.UseShellExecute = $false
  $start.RedirectStandardInput = $true
  $start.RedirectStandardOutput = $true
  $start.RedirectStandardError = $true
  $process = [System.Diagnostics.Process]::Start($start)
  try {
    $process.StandardInput.Close()
    $output = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit($checkSeconds * 1000)) {
      $process.Kill()
      return @{ healthy = $false; detail = "it had not ended after $checkSeconds s" }
    }
    $code = $process.ExitCode
    # What it has started may hold them open.
    $line = @(if ($output.Wait(2000)) { Get-TextLine $output.Result } ) | Select-Object -Last 1
    if (-not $line) { $line = @(if ($errors.Wait(2000)) { Get-TextLine $errors.Result } ) | Select-Object -First 1 }
    @{ healthy = $code -eq 0; detail = (@("exit code $code", $line) | Where-Object { $_ }) -join ': ' }
  } finally { $process.Dispose() }
}

function Get-TextLine {
  param([string] $Text)
  $Text -split '\r?\n' | ForEach-Object { ($_ -replace '[\x00-\x1f\x7f]', ' ').Trim() } | Where-Object { $_ }
}

function Test-Health {
  param([Parameter(Mandatory)] $Check)
  for ($attempt = 1; ; $attempt += 1) {
    try {
      $answer = switch ([string]$Check.kind) {
        'tcp' { Test-Port $Check.port }
        'http' { Test-Url $Check.url $Check.status }
        'script' { Test-Script $Check.path }
      }
    } catch { $answer = @{ healthy = $false; detail = [string]$_.Exception.GetBaseException().Message } }
    if ($answer.healthy -or $attempt -ge $Check.attempts) { break }
    Start-Sleep -Seconds $Check.everySeconds
  }
  $detail = [string]$answer.detail
  @{ healthy = $answer.healthy; attempts = $attempt; detail = $detail.Substring(0, [Math]::Min($detail.Length, 200)) }
}

# One word for it on the screen of -WhatIf; refuses what no attempt could ask.
function Get-CheckName {
  param([Parameter(Mandatory)] $Check)
  switch ([string]$Check.kind) {
    'tcp' { "tcp $($Check.port)" }
    'http' { "http $($Check.url)" }
    'script' {
      if ($Check.path -match '"' -or -not [System.IO.Path]::IsPathRooted($Check.path)) {
        Stop-Operation INVALID_PARAMETER "checks: $($Check.path) is no full path of a file." 'checks'
      }
      "script $($Check.path)"
    }
    default { Stop-Operation INVALID_PARAMETER "checks: there is no kind $($Check.kind)." 'checks' }
  }
}

# IIS application pools; $TimeoutSeconds of the caller is for the wait after a recycling.

# appcmd.exe is there wherever IIS is; its modules for PowerShell are features of their own. Each answer that is read is
# ASCII: a console garbles names. A list that is empty ends with 1, which is no failure.
function Invoke-AppCmd {
  param([Parameter(Mandatory)] [string[]] $Arguments)
  $said = @(& (Get-SystemProgram 'inetsrv/appcmd.exe') @Arguments | ForEach-Object { [string]$_ })
  $text = $said -join ' '
  if ($text -match 'hresult:80070005') { Stop-Operation ACCESS_DENIED "appcmd.exe $($Arguments[0]): $text" }
  if ($text -match '^\s*ERROR \(' -and $Arguments[0] -ne 'list') {
    Stop-Operation SCRIPT_FAILED "appcmd.exe $($Arguments[0]) ended with ${LASTEXITCODE}: $text"
  }
  $said | ForEach-Object { $_.Trim() } | Where-Object { $_ }
}

function Get-PoolState {
  param([Parameter(Mandatory)] [string] $Name)
  # Windows quotes the argument as one; a name can hold neither of them
  if ($Name -match '["\\]') { Stop-Operation INVALID_PARAMETER "pools: $Name cannot be the name of a pool." 'pools' }
  $state = if (Test-Path -LiteralPath (Get-SystemProgram 'inetsrv/appcmd.exe')) {
    [string](Invoke-AppCmd 'list', 'apppool', "/apppool.name:$Name", '/text:state' | Select-Object -First 1)
  }
  if (-not $state) { Stop-Operation SERVICE_NOT_FOUND "The application pool $Name is not on this host." $Name }
  $state
}

function Restart-Pool {
  param([Parameter(Mandatory)] [string] $Name)
  $null = Invoke-AppCmd 'recycle', 'apppool', "/apppool.name:$Name"
  $wait = [System.Diagnostics.Stopwatch]::StartNew()
  while ((Get-PoolState $Name) -ne 'Started') {
    if (-not (Test-TimeLeft $wait)) {
      Stop-Operation SERVICE_START_FAILED "The pool $Name was $(Get-PoolState $Name) $TimeoutSeconds s after it was recycled." $Name
    }
    Start-Sleep -Milliseconds 200
  }
}

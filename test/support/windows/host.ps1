<#
Puts a domain behind the stub module WindowsHost: a service that starts logs on there, which writes to the host's
Kerberos log, and logs of a domain controller are read there. Dot-sourced by the module.
#>
. "$PSScriptRoot/bridge.ps1"

function Test-PolicyEnabled {
  $key = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Kerberos\Parameters'
  if (-not (Test-Path -LiteralPath $key)) { return $false }
  if (@((Get-Item -LiteralPath $key).Property) -notcontains 'DelegatedMSAEnabled') { return $false }
  (Get-ItemProperty -LiteralPath $key).DelegatedMSAEnabled -eq 1
}

$controlService = ${function:Invoke-Control}
function Invoke-Control {
  param([string] $Name, [string] $Control)
  if ($Control -eq 'Start') {
    $state = Read-State
    $service = @($state.services | Where-Object { $_.name -eq $Name })[0]
    $logon = Invoke-Bridge @{
      ask = 'logon'; host = $state.name; account = $service.startName; build = $state.build; policyEnabled = Test-PolicyEnabled
    }
    if ($state.eventLogEnabled) {
      $state.events = @(@($state.events) + @($logon.events))
      Write-State $state
    }
    if (-not $logon.succeeded) {
      Add-Call $state "Start $Name"
      # ERROR_SERVICE_LOGON_FAILED
      $inner = [System.ComponentModel.Win32Exception]::new(1069)
      throw [System.InvalidOperationException]::new("Cannot start service $Name on computer '.'.", $inner)
    }
  }
  & $controlService $Name $Control
}

$readState = ${function:Read-State}
function Read-State {
  $state = & $readState
  if ($env:STUB_READS_CONTROLLER) { $state.events = @((Invoke-Bridge @{ ask = 'events' }).events) }
  $state
}

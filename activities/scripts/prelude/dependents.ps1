# Running dependents of a service, and the note of those that a restart has stopped.

$noteKey = 'HKLM:\SOFTWARE\dmsa\RestartedDependents'

function Get-Note {
  param([Parameter(Mandatory)] [string] $Name)
  if (-not (Test-Path -LiteralPath $noteKey)) { return }
  if (@((Get-Item -LiteralPath $noteKey).Property) -contains $Name) {
    (Get-ItemProperty -LiteralPath $noteKey).$Name
  }
}

function Add-Note {
  param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string[]] $Dependents)
  if (-not (Test-Path -LiteralPath $noteKey)) { $null = New-Item -Path $noteKey -Force }
  $null = New-ItemProperty -LiteralPath $noteKey -Name $Name -PropertyType MultiString -Value $Dependents -Force
}

function Remove-Note {
  param([Parameter(Mandatory)] [string] $Name)
  if (@(Get-Note $Name).Count -eq 0) { return }
  Remove-ItemProperty -LiteralPath $noteKey -Name $Name
  foreach ($path in $noteKey, (Split-Path -Path $noteKey -Parent)) {
    $key = Get-Item -LiteralPath $path
    if ($key.ValueCount -eq 0 -and $key.SubKeyCount -eq 0) { Remove-Item -LiteralPath $path }
  }
}

function Restart-WithDependent {
  param([Parameter(Mandatory)] [string] $Name)
  $dependents = @(Get-RunningDependent (Get-NamedService $Name))
  # What an earlier run has stopped and not brought back belongs to them.
  $noted = @(@(Get-Note $Name) + $dependents | Where-Object { $_ } | Select-Object -Unique)
  if ($noted) { Add-Note $Name $noted }
  try {
    foreach ($dependent in $dependents) { Stop-AndWait $dependent }
    Stop-AndWait $Name
  } catch {
    $failure = $_
    # It does not stop, and runs: its dependents need not wait for a person, or for the next try.
    if ([string](Get-NamedService $Name).Status -eq 'Running') { Start-NotedDependent $Name }
    throw $failure
  }
  Start-AndWait $Name
}

# Those that were brought back, in the order of their stopping; none without a note.
function Start-NotedDependent {
  param([Parameter(Mandatory)] [string] $Name)
  $noted = @(Get-Note $Name)
  # The last to be stopped is the first to be started.
  for ($index = $noted.Count - 1; $index -ge 0; $index -= 1) { Start-AndWait $noted[$index] }
  Remove-Note $Name
  $noted
}

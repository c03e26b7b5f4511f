<#
Gives the stub module ActiveDirectory another directory: each cmdlet keeps its parameters, and what it does is done by
the test's process. Dot-sourced by the module.
#>
. "$PSScriptRoot/bridge.ps1"

function Invoke-DirectoryCmdlet {
  param($Cmdlet, $Bound)
  $parameters = @{}
  foreach ($key in $Bound.Keys) {
    $value = $Bound[$key]
    if ($value -is [System.Management.Automation.PSCredential]) {
      $value = @{ user = $value.UserName; password = $value.GetNetworkCredential().Password }
    }
    if ($value -is [switch]) { $value = [bool]$value }
    $parameters[$key] = $value
  }
  $answer = Invoke-Bridge @{ ask = 'cmdlet'; cmdlet = [string]$Cmdlet.MyInvocation.MyCommand.Name; parameters = $parameters }
  if ($answer.error) {
    $Cmdlet.ThrowTerminatingError((New-ErrorRecord $answer.error.message $answer.error.id $answer.error.category $Bound['Identity']))
  }
  foreach ($account in @($answer.accounts)) { ConvertTo-Account $account @($Bound['Properties']) }
}

foreach ($command in @(Get-Item -Path 'function:*-AD*')) {
  $block = $command.ScriptBlock.Ast.Body.ParamBlock
  $body = @($block.Attributes | ForEach-Object { $_.Extent.Text }) + $block.Extent.Text +
  'Invoke-DirectoryCmdlet $PSCmdlet $PSBoundParameters'
  . ([scriptblock]::Create("function $($command.Name) {`n$($body -join "`n")`n}"))
}

# The policy value, the group policy that delivers it, programs, and what a cluster owns.

$PolicyKey = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Kerberos\Parameters'
$PolicyValue = 'DelegatedMSAEnabled'

function Get-KerberosPolicy {
  if (-not (Test-Path -LiteralPath $PolicyKey)) { return [pscustomobject]@{ value = $null; keyExists = $false } }
  $value = $null
  if (@((Get-Item -LiteralPath $PolicyKey).Property) -contains $PolicyValue) {
    $value = (Get-ItemProperty -LiteralPath $PolicyKey).$PolicyValue
    # What could not be written back as it was must not be taken for a before-image.
    if ($value -isnot [int]) {
      Stop-Operation SCRIPT_FAILED "$PolicyValue is no DWORD but $($value.GetType().Name)." "$PolicyKey\$PolicyValue"
    }
  }
  [pscustomobject]@{ value = $value; keyExists = $true }
}

# By its full path: a program of Windows, whatever PATH says.
function Get-SystemProgram {
  param([Parameter(Mandatory)] [string] $Name)
  Join-Path -Path $env:SystemRoot -ChildPath "System32/$Name"
}

# Names of services to names of the cluster resources that own them. Throws where this is a running node of a cluster that
# cannot be read: a service may then be anybody's. A resource names its service, and one of SQL Server its instance.
function Get-ClusterOwner {
  $owners = @{}
  $node = @(Get-CimInstance -ClassName Win32_Service -Filter "Name='ClusSvc'" | Where-Object { $_.State -ne 'Stopped' })
  if (-not $node) { return $owners }
  try { $resources = @(Get-CimInstance -Namespace root/MSCluster -ClassName MSCluster_Resource) }
  catch {
    $why = "Whether a cluster resource owns a service cannot be read: $($_.Exception.Message)"
    Stop-Operation (Get-OperationErrorCode $_) $why 'MSCluster_Resource'
  }
  foreach ($resource in $resources) {
    $own = $resource.PrivateProperties
    if ($null -eq $own) { continue }
    $service = [string](Get-PropertyValue $own 'ServiceName')
    $instance = [string](Get-PropertyValue $own 'InstanceName')
    if (-not $service -and $instance) {
      $isDefault = $instance -eq 'MSSQLSERVER'
      $service = switch ([string]$resource.Type) {
        'SQL Server' { if ($isDefault) { 'MSSQLSERVER' } else { "MSSQL`$$instance" } }
        'SQL Server Agent' { if ($isDefault) { 'SQLSERVERAGENT' } else { "SQLAgent`$$instance" } }
      }
    }
    if ($service) { $owners[$service] = [string]$resource.Name }
  }
  $owners
}

# The group policy that delivers the value: @{ gpo; value }, value null where it removes it; nothing where none does.
# From what the last processing of policies has logged (RSOP_RegistryPolicySetting; the one with precedence 1 won), so it
# throws where that cannot be read, and knows nothing where "Turn off Resultant Set of Policy logging" is on.
function Get-PolicyFromGroupPolicy {
  $rsop = @{ Namespace = 'root/rsop/computer' }
  $key = $PolicyKey -replace '^HKLM:\\'
  $won = @(
    Get-CimInstance @rsop -ClassName RSOP_RegistryPolicySetting -Filter "precedence=1 AND valueName='$PolicyValue'" |
      Where-Object { ([string]$_.registryKey -replace '^(HKLM|HKEY_LOCAL_MACHINE)\\') -eq $key }
  )
  if (-not $won) { return }
  $gpo = [string]$won[0].GPOID
  $named = @(Get-CimInstance @rsop -ClassName RSOP_GPO | Where-Object { [string]$_.id -eq $gpo })
  if ($named) { $gpo = [string]$named[0].name }
  # 4 is REG_DWORD: four octets, the lowest first
  $octets = [byte[]]@($won[0].value)
  $isNumber = [int]$won[0].valueType -eq 4 -and $octets.Count -eq 4 -and -not $won[0].deleted
  @{ gpo = $gpo; value = if ($isNumber) { [System.BitConverter]::ToInt32($octets, 0) } else { $null } }
}

<#
A Windows host for tests: cmdlets with the parameters, output properties and error ids that Microsoft documents for
Windows PowerShell 5.1. What they are about is the JSON file named by STUB_HOST, and every call is recorded there.
#>
Set-StrictMode -Version Latest

function Read-State { [System.IO.File]::ReadAllText($env:STUB_HOST) | ConvertFrom-Json }
function Write-State {
  param($State)
  [System.IO.File]::WriteAllText($env:STUB_HOST, (ConvertTo-Json -InputObject $State -Depth 12))
}

function Add-Call {
  param($State, [string] $Call)
  $State.calls = @(@($State.calls) + $Call)
  Write-State $State
}

function ConvertTo-LocalTime {
  param([string] $Text)
  [datetimeoffset]::Parse($Text, [cultureinfo]::InvariantCulture).LocalDateTime
}

function New-ErrorRecord {
  param([System.Exception] $Exception, [string] $Id, [string] $Category, $Target)
  [System.Management.Automation.ErrorRecord]::new($Exception, $Id, $Category, $Target)
}

# An error that the test asks of a cmdlet: { id, category, message, native }.
function Get-AskedError {
  param($State, [string] $Cmdlet)
  $asked = $State.errors.PSObject.Properties[$Cmdlet]
  if (-not $asked) { return }
  $exception = [System.Exception]::new($asked.Value.message)
  if ($asked.Value.PSObject.Properties['native']) { $exception = [System.ComponentModel.Win32Exception]::new([int]$asked.Value.native) }
  New-ErrorRecord $exception $asked.Value.id $asked.Value.category $null
}

function Get-CimInstance {
  [CmdletBinding()]
  param(
    [Parameter(Mandatory)] [string] $ClassName,
    [string] $Filter,
    [string[]] $Property,
    [string] $Namespace = 'root/cimv2'
  )
  $state = Read-State
  foreach ($name in 'Get-CimInstance', "Get-CimInstance $ClassName") {
    $asked = Get-AskedError $state $name
    if ($asked) { $PSCmdlet.WriteError($asked); return }
  }
  if ($Namespace -ne 'root/cimv2') { return Get-OtherInstance $state $Namespace $ClassName $Filter }
  switch ($ClassName) {
    'Win32_OperatingSystem' {
      [pscustomobject]@{
        BuildNumber = [string]$state.build; LastBootUpTime = ConvertTo-LocalTime $state.bootTime; Caption = $state.edition
      }
    }
    'Win32_ComputerSystem' { 
      [pscustomobject]@{
        Name = $state.name; DomainRole = [uint16]$state.domainRole; PartOfDomain = $null -ne $state.domain
        Domain = if ($null -ne $state.domain) { $state.domain } else { 'WORKGROUP' }
      }
    }
    'Win32_Service' {
      foreach ($service in @($state.services)) {
        if ($Filter -and $Filter -ne "Name='$($service.name -replace '\\', '\\' -replace "'", "\'")'") { continue }
        [pscustomobject]@{
          Name = $service.name
          StartName = $service.startName
          State = $service.state -creplace '(?<=[a-z])(?=[A-Z])', ' '
          StartMode = $service.startMode
          ProcessId = [uint32]$service.processId
          ExitCode = [uint32]$service.exitCode
        }
      }
    }
    'Win32_Process' {
      Get-StubProcess $state | Where-Object { -not $Filter -or $Filter -eq "ProcessId=$($_.ProcessId)" }
    }
    'Win32_DependentService' {
      foreach ($service in @($state.services)) {
        foreach ($name in @($service.dependsOn)) {
          [pscustomobject]@{ Antecedent = [pscustomobject]@{ Name = $name }; Dependent = [pscustomobject]@{ Name = $service.name } }
        }
      }
    }
    'Win32_LogonSession' {
      foreach ($session in @($state.sessions)) {
        [pscustomobject]@{ LogonId = $session.id; LogonType = [uint32]$session.type; StartTime = ConvertTo-LocalTime $session.startedAt }
      }
    }
    'Win32_LoggedOnUser' {
      foreach ($session in @($state.sessions)) {
        $name = $session.account -split '\\'
        [pscustomobject]@{
          Antecedent = [pscustomobject]@{ Domain = $name[0]; Name = $name[1] }; Dependent = [pscustomobject]@{ LogonId = $session.id }
        }
      }
    }
    'Win32_SessionProcess' {
      foreach ($session in @($state.sessions)) {
        foreach ($id in @($session.processIds)) {
          [pscustomobject]@{ Antecedent = [pscustomobject]@{ LogonId = $session.id }; Dependent = [pscustomobject]@{ Handle = [string]$id } }
        }
      }
    }
    default { throw "the stub does not know $ClassName" }
  }
}

# Those of services and of worker processes, and the others that the test names.
function Get-StubProcess {
  param($State)
  foreach ($service in @($State.services | Where-Object { $_.processId })) {
    [pscustomobject]@{
      ProcessId = [uint32]$service.processId; CreationDate = ConvertTo-LocalTime $service.startedAt
      ParentProcessId = [uint32]4; Name = "$($service.name).exe"
    }
  }
  foreach ($worker in @($State.pools | ForEach-Object { $_.workers })) {
    [pscustomobject]@{
      ProcessId = [uint32]$worker.processId; CreationDate = ConvertTo-LocalTime $worker.startedAt
      ParentProcessId = [uint32]4; Name = 'w3wp.exe'
    }
  }
  foreach ($process in @($State.processes)) {
    [pscustomobject]@{
      ProcessId = [uint32]$process.id; CreationDate = ConvertTo-LocalTime $process.startedAt
      ParentProcessId = [uint32]$process.parent; Name = $process.name
    }
  }
}

# Classes outside of root/cimv2, of the cluster and of what group policy last did.
function Get-OtherInstance {
  param($State, [string] $Namespace, [string] $ClassName, [string] $Filter)
  switch ("$Namespace $ClassName") {
    'root/rsop/computer RSOP_RegistryPolicySetting' {
      if ($Filter -notmatch "^precedence=(\d+) AND valueName='([^']*)'$") { throw "the stub does not know the filter $Filter" }
      $precedence, $valueName = [int]$Matches[1], $Matches[2]
      foreach ($setting in @($State.groupPolicies)) {
        if ($setting.precedence -ne $precedence -or $setting.valueName -ne $valueName) { continue }
        [pscustomobject]@{
          registryKey = $setting.registryKey; valueName = $setting.valueName; valueType = [uint32]$setting.valueType
          value = [byte[]]@($setting.value); deleted = [bool]$setting.deleted; precedence = [uint32]$setting.precedence
          GPOID = $setting.gpoId
        }
      }
    }
    'root/rsop/computer RSOP_GPO' {
      foreach ($setting in @($State.groupPolicies | Where-Object { $_.gpo })) { [pscustomobject]@{ id = $setting.gpoId; name = $setting.gpo } }
    }
    'root/MSCluster MSCluster_Resource' {
      foreach ($resource in @($State.clusterResources)) {
        [pscustomobject]@{ Name = $resource.name; Type = $resource.type; PrivateProperties = $resource.privateProperties }
      }
    }
    default { throw "the stub does not know $Namespace $ClassName" }
  }
}

function Get-Service {
  [CmdletBinding()]
  param([Parameter(Mandatory)] [string[]] $Name)
  $state = Read-State
  $found = @($state.services | Where-Object { $_.name -like $Name[0] })
  if (-not $found) {
    $exception = [System.InvalidOperationException]::new("Cannot find any service with service name '$Name'.")
    $PSCmdlet.WriteError((New-ErrorRecord $exception 'NoServiceFoundForGivenName' 'ObjectNotFound' $Name[0]))
    return
  }
  $controller = ConvertTo-Controller $found[0]
  # A service that is stopping is stopped after as many looks as the test says.
  if ($found[0].state -eq 'StopPending' -and $found[0].looks -gt 0) {
    $found[0].looks -= 1
    if ($found[0].looks -eq 0) { $found[0].state = 'Stopped' }
    Write-State $state
  }
  $controller
}

function ConvertTo-Controller {
  param($Service)
  $state = Read-State
  $dependents = @($state.services | Where-Object { @($_.dependsOn) -contains $Service.name } | ForEach-Object {
      [pscustomobject]@{ Name = $_.name; Status = $_.state }
    })
  $controller = [pscustomobject]@{ Name = $Service.name; Status = $Service.state; DependentServices = $dependents }
  $controller | Add-Member -MemberType ScriptMethod -Name Stop -Value { Invoke-Control $this.Name 'Stop' }
  $controller | Add-Member -MemberType ScriptMethod -Name Start -Value { Invoke-Control $this.Name 'Start' }
  $controller
}

# What the service control manager does: refuses with a Windows error, or changes the state.
function Invoke-Control {
  param([string] $Name, [string] $Control)
  $state = Read-State
  Add-Call $state "$Control $Name"
  $service = @($state.services | Where-Object { $_.name -eq $Name })[0]
  $refusals = @($service."refuses$Control")
  if ($refusals) {
    $service."refuses$Control" = @($refusals | Select-Object -Skip 1)
    Write-State $state
    $inner = [System.ComponentModel.Win32Exception]::new([int]$refusals[0])
    throw [System.InvalidOperationException]::new("Cannot $($Control.ToLower()) service $Name on computer '.'.", $inner)
  }
  $running = @($state.services | Where-Object { @($_.dependsOn) -contains $Name -and $_.state -ne 'Stopped' })
  if ($Control -eq 'Stop') {
    if ($running) { throw "the test's service $Name has running dependents" }
    $service.state = if ($service.looks -gt 0) { 'StopPending' } else { 'Stopped' }
    $service.processId = 0
  } else {
    $service.state = $service.startsAs
    if ($service.state -ne 'Stopped') {
      $service.processId = 7000 + @($state.calls).Count
      $service.startedAt = [datetime]::UtcNow.ToString('o')
    }
  }
  Write-State $state
}

function Get-WinEvent {
  [CmdletBinding()]
  param(
    [string[]] $ListLog,
    [hashtable] $FilterHashtable,
    [string] $ComputerName,
    [System.Management.Automation.PSCredential] $Credential,
    [long] $MaxEvents = [long]::MaxValue,
    [switch] $Oldest
  )
  $state = Read-State
  $asked = Get-AskedError $state 'Get-WinEvent'
  if ($asked) { $PSCmdlet.WriteError($asked); return }
  if ($ListLog) {
    if ($null -eq $state.eventLogEnabled) {
      $exception = [System.Exception]::new("There is not an event log on the localhost computer that matches ""$ListLog"".")
      $PSCmdlet.WriteError((New-ErrorRecord $exception 'NoMatchingLogsFound' 'ObjectNotFound' $ListLog[0]))
      return
    }
    $log = [pscustomobject]@{ LogName = $ListLog[0]; IsEnabled = $state.eventLogEnabled; MaximumSizeInBytes = [long]1052672 }
    $log | Add-Member -MemberType ScriptMethod -Name SaveChanges -Value {
      $now = Read-State
      $now.eventLogEnabled = $this.IsEnabled
      Add-Call $now "SaveChanges $($this.LogName) $($this.IsEnabled)"
    }
    return $log
  }
  $user = if ($Credential) { "$($Credential.UserName):$($Credential.GetNetworkCredential().Password)" } else { '-' }
  Add-Call $state "Get-WinEvent $($FilterHashtable.LogName) $ComputerName $user"
  # Newest first, as the real one; every key of the table but the log's name may be left out
  $found = @($state.events | Where-Object {
      $_.log -eq $FilterHashtable.LogName -and
      (-not $FilterHashtable.ContainsKey('Id') -or @($FilterHashtable.Id) -contains $_.id) -and
      (-not $FilterHashtable.ContainsKey('StartTime') -or (ConvertTo-LocalTime $_.at) -ge $FilterHashtable.StartTime)
    } | Sort-Object -Property at -Descending:(-not $Oldest) | Select-Object -First ([int][Math]::Min($MaxEvents, [int]::MaxValue)))
  if (-not $found) {
    $exception = [System.Exception]::new('No events were found that match the specified selection criteria.')
    $PSCmdlet.WriteError((New-ErrorRecord $exception 'NoMatchingEventsFound' 'ObjectNotFound' $null))
    return
  }
  $recordId = 0
  foreach ($one in $found) {
    $recordId += 1
    $record = [pscustomobject]@{
      Id = [int]$one.id; TimeCreated = ConvertTo-LocalTime $one.at; RecordId = [long]$recordId; Message = $one.message; Xml = $one.xml
    }
    $record | Add-Member -MemberType ScriptMethod -Name ToXml -Value { $this.Xml }
    $record
  }
}

function Get-ScheduledTask {
  [CmdletBinding()]
  param()
  $state = Read-State
  $asked = Get-AskedError $state 'Get-ScheduledTask'
  if ($asked) { $PSCmdlet.WriteError($asked); return }
  foreach ($task in @($state.tasks)) {
    [pscustomobject]@{
      TaskPath = $task.folder; TaskName = $task.name; State = $task.state; Principal = [pscustomobject]@{ UserId = $task.userId }
    }
  }
}

# Objects of COM are there on Windows alone: the catalog of COM+ applications, as COMAdminCatalog has it.
function New-Object {
  [CmdletBinding()]
  param([Parameter(Mandatory)] [string] $ComObject)
  $state = Read-State
  $asked = Get-AskedError $state "New-Object $ComObject"
  if ($asked) { $PSCmdlet.WriteError($asked); return }
  if ($ComObject -ne 'COMAdmin.COMAdminCatalog') { throw "the stub does not know $ComObject" }
  $catalog = [pscustomobject]@{}
  $catalog | Add-Member -MemberType ScriptMethod -Name GetCollection -Value {
    $applications = [System.Collections.ArrayList]::new()
    foreach ($one in @((Read-State).comApplications)) {
      $application = [pscustomobject]@{ Of = @{ Name = $one.name; Identity = $one.identity } }
      $application | Add-Member -MemberType ScriptMethod -Name Value -Value { $this.Of[$args[0]] }
      $null = $applications.Add($application)
    }
    $null = Add-Member -InputObject $applications -MemberType ScriptMethod -Name Populate -Value { }
    , $applications
  }
  $catalog
}

# A script that may put other functions in the place of these.
if ($env:STUB_HOST_EXTENSION) { . $env:STUB_HOST_EXTENSION }

Export-ModuleMember -Function Get-CimInstance, Get-ScheduledTask, Get-Service, Get-WinEvent, New-Object

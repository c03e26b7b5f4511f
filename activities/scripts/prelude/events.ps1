# The Kerberos event log.

$KerberosLog = 'Microsoft-Windows-Security-Kerberos/Operational'

function Test-KerberosLog {
  try { [bool](Get-WinEvent -ListLog $KerberosLog).IsEnabled }
  catch {
    if ($_.FullyQualifiedErrorId -notlike 'NoMatchingLogsFound*') { throw }
    $false
  }
}

# 105, 307, 308 and 309, oldest first. An enumeration with -FilterHashtable that finds nothing is an error.
function Get-KerberosEvent {
  param([Nullable[datetimeoffset]] $Since)
  if ($null -eq $Since) { return }
  $filter = @{ LogName = $KerberosLog; Id = 105, 307, 308, 309; StartTime = $Since.LocalDateTime }
  foreach ($record in Get-FoundEvent @{ FilterHashtable = $filter }) {
    @{ id = [int]$record.Id; at = ConvertTo-UtcText $record.TimeCreated; fields = Get-EventField $record }
  }
}

function Get-FoundEvent {
  param([Parameter(Mandatory)] [hashtable] $Query)
  try { Get-WinEvent @Query | Sort-Object -Property TimeCreated, RecordId }
  catch {
    if ($_.FullyQualifiedErrorId -notmatch '^NoMatching(Events|Logs)Found') { throw }
  }
}

# The named data of an event, and the labelled lines of its text: "Status: 0x0", or a label with its value below it.
function Get-EventField {
  param([Parameter(Mandatory)] $Record)
  $fields = @{}
  $document = [xml]$Record.ToXml()
  foreach ($data in $document.SelectNodes("//*[local-name()='EventData']/*[@Name]")) {
    $fields[$data.GetAttribute('Name')] = [string]$data.InnerText
  }
  $label = $null
  foreach ($line in ([string]$Record.Message -split '\r?\n')) {
    $text = $line.Trim()
    if (-not $text) { continue }
    if ($label -and $text -notmatch '^[^:]+:$') {
      $fields[$label] = $text
      $label = $null
      continue
    }
    $label = $null
    if ($text -notmatch '^([^:]{1,60}):\s*(.*)$') { continue }
    $name = $Matches[1].Trim()
    $fields[$name] = $Matches[2]
    if (-not $Matches[2]) { $label = $name }
  }
  $fields
}

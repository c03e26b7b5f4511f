# Times and properties as the answers have them.

function ConvertTo-UtcText {
  param([Nullable[datetime]] $Time)
  if ($null -eq $Time) { return $null }
  $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [cultureinfo]::InvariantCulture)
}

# A property that may be absent from an object of the directory.
function Get-PropertyValue {
  param([Parameter(Mandatory)] $InputObject, [Parameter(Mandatory)] [string] $Name)
  $property = $InputObject.PSObject.Properties[$Name]
  if ($property) { $property.Value }
}

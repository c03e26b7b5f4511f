# Objects of Active Directory.

# What every cmdlet of the module of Active Directory is told besides.
function Get-DirectoryTarget {
  param(
    [Parameter(Mandatory)] [string] $Server,
    [System.Management.Automation.PSCredential] $Credential
  )
  $target = @{ Server = $Server }
  if ($Credential) { $target.Credential = $Credential }
  $target
}

# The dMSA, or nothing where there is none.
function Find-ServiceAccount {
  param(
    [Parameter(Mandatory)] [string] $Identity,
    [Parameter(Mandatory)] [hashtable] $Target
  )
  try { Get-ADServiceAccount -Identity $Identity -Properties Description @Target }
  catch {
    if ((Get-OperationErrorCode $_) -ne 'NOT_FOUND') { throw }
  }
}

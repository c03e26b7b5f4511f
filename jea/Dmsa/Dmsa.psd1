@{
  RootModule = 'Dmsa.psm1'
  ModuleVersion = '0.1.0'
  GUID = '36429b4d-6aa1-4cdf-8bb0-9adb5f1bf211'
  Author = 'dmsa'
  Description = 'The operations of dmsa, with their scripts, for JEA endpoints.'
  PowerShellVersion = '5.1'
  FunctionsToExport = @('Invoke-DmsaHostOperation', 'Invoke-DmsaManagementOperation')
  CmdletsToExport = @()
  VariablesToExport = @()
  AliasesToExport = @()
}

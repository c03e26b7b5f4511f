<#
.SYNOPSIS
Functions that every operation uses. The bootstrap runs them before the script; by hand, dot-source this file first.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

foreach ($part in 'errors', 'values', 'host', 'events', 'directory', 'services', 'dependents', 'pools', 'health') {
  . (Join-Path -Path $PSScriptRoot -ChildPath "prelude/$part.ps1")
}

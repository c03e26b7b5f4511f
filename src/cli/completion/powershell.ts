import { type CompletionValues, flattened, type TreeCommand } from './tree.ts';

/** A script for Windows PowerShell 5.1 and later. */
export function powerShellScript(tree: TreeCommand): string {
  const nodes = flattened(tree).map(
    ({ path, commands, options, arguments: all }) => `    ${single(path.join(' '))} = @{
      Commands = @(${commands.map((each) => entry(each.path.at(-1)!, each.description, null)).join('')})
      Options = @(${options.flatMap(({ names, description, value }) => names.map((name) => entry(name, description, value))).join('')})
      Arguments = @(${all.map(({ values }) => source(values)).join(', ')})
    }`,
  );
  return `# Completion of dmsa for PowerShell. Put this into $PROFILE:  dmsa completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName dmsa -ScriptBlock {
  param($WordToComplete, $CommandAst, $CursorPosition)
  $tree = @{
${nodes.join('\n')}
  }
  $path = ''
  $count = 0
  $awaits = $null
  $before = @($CommandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $CursorPosition })
  foreach ($element in $before) {
    $word = [string]$element
    if ($awaits) { $awaits = $null; continue }
    if ($word -like '-*') {
      $awaits = @($tree[$path].Options | Where-Object { $_.Name -ceq $word -and $_.ContainsKey('Values') }) | Select-Object -First 1
      continue
    }
    $below = "$path $word".Trim()
    if ($tree.ContainsKey($below)) { $path = $below } else { $count += 1 }
  }
  $found = @(
    if ($awaits) { $source = $awaits.Values }
    elseif ($WordToComplete -like '-*') {
      $source = ''
      $tree[$path].Options
    } else {
      $source = if ($count -lt $tree[$path].Arguments.Count) { $tree[$path].Arguments[$count] } else { '' }
      $tree[$path].Commands
    }
    if ($source -like '@*') {
      foreach ($value in @(dmsa complete $source.Substring(1) 2>$null)) { @{ Name = $value; Help = $value } }
    } elseif ($source) {
      foreach ($value in $source -split ' ') { @{ Name = $value; Help = $value } }
    }
  )
  $found | Where-Object { ([string]$_.Name).StartsWith($WordToComplete, 'OrdinalIgnoreCase') } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.Name, $_.Name, 'ParameterValue', $_.Help)
  }
}
`;
}

function entry(name: string, help: string, value: CompletionValues | null): string {
  const values = value ? `; Values = ${source(value)}` : '';
  return `\n        @{ Name = ${single(name)}; Help = ${single(help)}${values} }`;
}

/** Words, or after an `@` where they come from; for what is not known PowerShell itself completes files. */
function source(values: CompletionValues): string {
  if (values.kind === 'choices') return single(values.choices.join(' '));
  return values.kind === 'asked' ? single(`@${values.what}`) : "''";
}

function single(text: string): string {
  return `'${ascii(text).replaceAll("'", "''")}'`;
}

/** Windows PowerShell 5.1 reads a script without a mark in the code page of the machine. */
function ascii(text: string): string {
  return text
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/\u2026/g, '...')
    .replace(/[^\x20-\x7e]/g, '?');
}

import { describe, expect, it } from 'vitest';

import { type WindowsError, windowsErrors } from '../../../scripts/docs/windows-errors.ts';
import { prepareRequest } from '../../../src/powershell/wire/envelope.ts';
import { prelude } from '../../../src/powershell/wire/scripts.ts';
import { engine, run, runScript } from './engine.ts';
import { dmsaDn } from './states.ts';

/** Makes each of the errors and answers its classification: all of them in one start of the engine. */
const classify = `
param([string] $Dmsa, [string[]] $Principals, [string] $Server)
function Test-Binding { [CmdletBinding()] param([ValidateRange(1, 2)] [int] $Number) $Number }
$codes = foreach ($text in $Principals) {
  $case = $text | ConvertFrom-Json
  try {
    switch ($case.kind) {
      'win32' { throw [System.InvalidOperationException]::new('outer', [System.ComponentModel.Win32Exception]::new($case.number)) }
      'hresult' { throw [System.Runtime.InteropServices.COMException]::new('outer', [int]$case.number) }
      'words' { throw [System.Exception]::new([System.ComponentModel.Win32Exception]::new($case.number).Message) }
      'type' { throw (New-Object -TypeName $case.type) }
      'binding' { Test-Binding -Number 3 }
      'unknown parameter' { Test-Binding -Nope 3 }
      'command' { & $case.name }
      'missing' {
        $exception = [System.Management.Automation.CommandNotFoundException]::new('x')
        $exception.CommandName = 'Start-ADServiceAccountMigration'
        throw [System.Management.Automation.ErrorRecord]::new($exception, "$($case.id),Cmdlet", 'ObjectNotFound', $null)
      }
      'own' { Stop-Operation $case.code 'said so' 'someone' }
      'record' {
        $exception = [System.Exception]::new($case.message)
        if ($case.server) { $exception | Add-Member -NotePropertyName ServerErrorMessage -NotePropertyValue $case.server }
        throw [System.Management.Automation.ErrorRecord]::new($exception, $case.id, $case.category, $null)
      }
    }
  } catch {
    (ConvertTo-OperationError $_).code
  }
}
@{ principals = @($codes) }
`;

const record = (id: string, category = 'NotSpecified', message = 'x', server = '') =>
  ({ kind: 'record', id, category, message, server }) as const;

/** How the error of a row comes about. */
function made({ kind, value, of }: WindowsError): Record<string, unknown> {
  const directory = of === 'directory';
  switch (kind) {
    case 'win32':
      return directory ? record(`ActiveDirectoryServer:${value}`) : { kind, number: Number(value) };
    case 'hresult':
      return { kind, number: Number(value) | 0 };
    case 'diagnostic':
      return record('ActiveDirectoryServer:0', 'NotSpecified', 'x', `${value}: DSID-0`);
    case 'category':
      return record(directory ? 'ActiveDirectoryServer:0' : 'Whatever', value);
    case 'id':
      return value === 'CommandNotFoundException'
        ? { kind: 'command', name: 'Start-ADServiceAccountMigrationNotThere' }
        : { kind: 'missing', id: value };
  }
}

const ofTable = windowsErrors
  .filter(({ of }) => of !== 'service')
  .map((row): [string, Record<string, unknown>] => [row.code, made(row)]);

const cases: [code: string, made: Record<string, unknown>][] = [
  ...ofTable,
  ['ACCESS_DENIED', record('ActiveDirectoryServer:8344')],
  ['ACCESS_DENIED', { kind: 'type', type: 'System.UnauthorizedAccessException' }],
  ['ACCESS_DENIED', { kind: 'type', type: 'System.Security.SecurityException' }],
  ['RPC_UNAVAILABLE', record('ActiveDirectoryServer:1722')],
  ['RPC_UNAVAILABLE', { kind: 'words', number: 1722 }],
  ['ACCESS_DENIED', { kind: 'words', number: 5 }],
  ['NOT_FOUND', record('ActiveDirectoryServer:8333')],
  [
    'NOT_FOUND',
    record(
      'ActiveDirectoryCmdlet:Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException',
      'ObjectNotFound',
    ),
  ],
  ['DMSA_NAME_TAKEN', record('ActiveDirectoryServer:1316', 'ResourceExists')],
  ['INVALID_PARAMETER', record('ActiveDirectoryCmdlet:System.ArgumentException', 'InvalidArgument')],
  ['INVALID_PARAMETER', { kind: 'binding' }],
  ['INVALID_PARAMETER', { kind: 'unknown parameter' }],
  [
    'UNABLE_TO_PROCEED',
    record('ActiveDirectoryServer:0', 'NotSpecified', '00002035: SvcErr: DSID-0, problem 5005'),
  ],
  [
    'UNABLE_TO_PROCEED',
    record(
      'ActiveDirectoryServer:0',
      'NotSpecified',
      'Der Server ist nicht bereit.',
      'problem 5005 (UNABLE_TO_PROCEED)',
    ),
  ],
  ['SCRIPT_FAILED', { kind: 'command', name: 'Get-NothingOfTheKind' }],
  ['SCRIPT_FAILED', record('ActiveDirectoryServer:8316')],
  ['SCRIPT_FAILED', record('PathNotFound', 'ObjectNotFound', 'a registry key')],
  ['SCRIPT_FAILED', { kind: 'win32', number: 1052 }],
  ['SERVICE_BUSY', { kind: 'own', code: 'SERVICE_BUSY' }],
];

describe.skipIf(!engine).concurrent('The classification of errors', () => {
  it('has a code for each kind that Windows and its directory have', async () => {
    const request = prepareRequest(
      'set-principals',
      { dmsa: dmsaDn, principals: cases.map(([, made]) => JSON.stringify(made)), server: 'dc1' },
      null,
    );
    const codes = (await runScript(request, prelude, classify)).principals;
    expect(codes.map((code, index) => [code, cases[index]![1]])).toEqual(cases);
  });

  it('is SCRIPT_FAILED with PowerShell\u2019s own words where no rule fits, and the same through the envelope', async () => {
    const { error } = await run(
      'new-dmsa',
      { name: 'd', dnsHostName: 'd.x', container: 'CN=x', description: 'mark', server: 'dc1' },
      {
        directory: {
          accounts: [],
          users: [],
          calls: [],
          errors: {
            'New-ADServiceAccount': {
              id: 'ActiveDirectoryServer:8316',
              category: 'NotSpecified',
              message: 'An opera\u00e7\u00e3o failed',
            },
          },
        },
      },
    );
    expect(error).toMatchObject({ code: 'SCRIPT_FAILED', message: 'An opera\u00e7\u00e3o failed' });
  });

  it('names the parameter that a script refuses', async () => {
    const { error } = await run('remove-dmsa', { dmsa: dmsaDn, description: '', server: 'dc1' });
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER', subject: 'Description' });
  });
});

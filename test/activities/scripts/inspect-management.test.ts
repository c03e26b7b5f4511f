import { describe, expect, it } from 'vitest';

import { engine, run } from './engine.ts';
import { directoryState } from './states.ts';

const question = { server: 'dc1.contoso.com' };
const credential = { user: 'CONTOSO\\admin', password: 'p' };

describe.skipIf(!engine).concurrent('inspect-management', () => {
  it('tells of a host without the module, and does not fail', async () => {
    const { result, error } = await run('inspect-management', question, { hasDirectoryModule: false });
    expect(error).toBeNull();
    expect(result).toMatchObject({ module: null, cmdlets: [], refusal: { code: 'CMDLET_MISSING' } });
  });

  it('tells why a domain controller does not answer, with the code that the cmdlets would fail with', async () => {
    const refused = {
      id: 'ActiveDirectoryServer:0,Microsoft.ActiveDirectory.Management.Commands.GetADUser',
      category: 'ResourceUnavailable',
      message: 'Unable to contact the server.',
    };
    const { result } = await run('inspect-management', question, {
      directory: directoryState({ errors: { 'Get-ADUser': refused } }),
    });
    expect(result!.refusal).toEqual({ code: 'RPC_UNAVAILABLE', message: 'Unable to contact the server.' });
  });

  it('tells what there is, and asks the domain controller as the cmdlets will', async () => {
    const { result, directory, host } = await run('inspect-management', question, { credential });
    expect(result).toEqual({
      computerName: 'WEB01',
      build: 26100,
      edition: 'Microsoft Windows Server 2025 Standard',
      powerShell: expect.stringMatching(/^\d+\.\d+/),
      identity: expect.stringMatching(/^[^\\]+\\[^\\]+$/),
      module: expect.stringMatching(/^\d+\.\d+/),
      cmdlets: ['Start', 'Complete', 'Undo', 'Reset'].map((verb) => `${verb}-ADServiceAccountMigration`),
      refusal: null,
      clock: expect.stringMatching(/Z$/),
    });
    expect(directory.calls).toEqual([
      {
        cmdlet: 'Get-ADUser',
        Credential: 'CONTOSO\\admin:p',
        LDAPFilter: '(sAMAccountName=krbtgt)',
        Server: 'dc1.contoso.com',
      },
    ]);
    expect(host.calls.filter((call) => !call.startsWith('Get-'))).toEqual([]);
  });
});

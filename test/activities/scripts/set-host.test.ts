import { describe, expect, it } from 'vitest';

import { engine, type Registry, run, runByHand, withParents } from './engine.ts';
import { hostState, type StubGroupPolicy } from './states.ts';

const key = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Kerberos\\Parameters';
const value = (wanted: number): Registry => ({
  [`HKEY_LOCAL_MACHINE\\${key}`]: { DelegatedMSAEnabled: { type: 'DWord', value: wanted } },
});
const absent: Registry = {
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System': {},
};
const wanting = (wanted: number | null, eventLogEnabled: boolean | null = null) => ({
  policy: { value: wanted, keyExists: wanted !== null },
  eventLogEnabled,
});

function delivering(delivered: number, changes: Partial<StubGroupPolicy> = {}): StubGroupPolicy {
  return {
    gpo: 'Servers: "Kerberos"',
    gpoId: 'CN={1A},CN=Policies,CN=System,DC=contoso,DC=com',
    registryKey: key.toLowerCase(),
    valueName: 'DelegatedMSAEnabled',
    valueType: 4,
    value: [delivered, 0, 0, 0],
    deleted: false,
    precedence: 1,
    ...changes,
  };
}

const policies = (...groupPolicies: StubGroupPolicy[]) => ({ host: hostState({ groupPolicies }) });

describe.skipIf(!engine).concurrent('set-host and group policy', () => {
  it.each([
    ['another value', 1, value(0), delivering(0), '0, not 1'],
    ['a value where none is wanted', null, value(1), delivering(1), '1, not absent'],
    ['that there is no value', 1, absent, delivering(0, { deleted: true, value: [] }), 'absent, not 1'],
  ])(
    'refuses where one delivers %s, names it, and touches nothing',
    async (_, wanted, registry, gpo, words) => {
      const {
        error,
        registry: after,
        host,
      } = await run('set-host', wanting(wanted, true), {
        ...policies(gpo),
        registry,
      });
      expect(error).toMatchObject({
        code: 'POLICY_FROM_GROUP_POLICY',
        subject: 'Servers: "Kerberos"',
        message: `The group policy "Servers: "Kerberos"" delivers DelegatedMSAEnabled ${words}.`,
      });
      expect(after).toEqual(withParents(registry));
      expect(host.calls).toEqual([]);
    },
  );

  it('calls one by its identity whose name cannot be told', async () => {
    const { error } = await run('set-host', wanting(1), {
      ...policies(delivering(0, { gpo: null })),
      registry: value(0),
    });
    expect(error?.subject).toBe('CN={1A},CN=Policies,CN=System,DC=contoso,DC=com');
  });

  it.each([
    ['it delivers what is wanted', [delivering(1)]],
    ['another won', [delivering(0, { precedence: 2 }), delivering(1)]],
    ['it is about another value', [delivering(0, { valueName: 'SupportedEncryptionTypes' })]],
    ['it is about another key', [delivering(0, { registryKey: `${key}2` })]],
  ])('sets the value where %s', async (_, groupPolicies) => {
    const { result } = await run('set-host', wanting(1), { ...policies(...groupPolicies), registry: absent });
    expect(result).toMatchObject({ policy: { value: 1 }, changed: ['policy'] });
  });

  it('leaves a value alone that is as wanted, whatever is delivered', async () => {
    const { result, registry } = await run('set-host', wanting(1), {
      ...policies(delivering(0)),
      registry: value(1),
    });
    expect(result).toMatchObject({ policy: { value: 1 }, changed: [] });
    expect(registry).toEqual(withParents(value(1)));
  });

  it('goes on where group policy cannot be read', async () => {
    const unreadable = { id: 'HRESULT 0x8004100e', category: 'ObjectNotFound', message: 'Invalid namespace' };
    const { result } = await run('set-host', wanting(1), {
      host: hostState({ errors: { 'Get-CimInstance RSOP_RegistryPolicySetting': unreadable } }),
      registry: absent,
    });
    expect(result?.changed).toEqual(['policy']);
  });

  it('touches nothing under -WhatIf', async () => {
    const tried = await runByHand(
      'set-host',
      '-Policy @{ value = 1; keyExists = $true } -EventLogEnabled $true -WhatIf',
      { registry: absent },
    );
    expect(tried.result!.stdout).toContain('What if: ');
    expect(tried.registry).toEqual(withParents(absent));
    expect(tried.host.calls).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';

import { engine, type Registry, run, runByHand, withParents } from './engine.ts';
import { hostState, type StubEvent, service, stopped } from './states.ts';

const kerberosLog = 'Microsoft-Windows-Security-Kerberos/Operational';
const policies = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';
const policyKey = `${policies}\\Kerberos\\Parameters`;
const current = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion';
const sessionManager = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager';

const dword = (value: number) => ({ type: 'DWord', value });
const enabled: Registry = { [policyKey]: { DelegatedMSAEnabled: dword(1) } };

/** Of a service on which nothing more is set. */
const plain = {
  delayedStart: false,
  dependents: [],
  dependencies: [],
  recovery: [],
  clusterResource: null,
};

function kerberosEvent(id: number, at: string, text: string): StubEvent {
  const data = '<EventData><Data Name="ClientRealm">CONTOSO.COM</Data></EventData>';
  const xml = `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">${data}</Event>`;
  return { log: kerberosLog, id, at, message: text, xml };
}

describe.skipIf(!engine).concurrent('inspect-host', () => {
  it('fails with the code of what went wrong', async () => {
    const message = 'Access denied';
    const refused = { id: 'HRESULT 0x80041003', category: 'PermissionDenied', message };
    const access = await run(
      'inspect-host',
      { eventsSince: null },
      {
        host: hostState({ errors: { 'Get-CimInstance': refused } }),
      },
    );
    expect(access.error).toMatchObject({ code: 'ACCESS_DENIED', message });
    const text = await run(
      'inspect-host',
      { eventsSince: null },
      {
        registry: { [policyKey]: { DelegatedMSAEnabled: { type: 'String', value: '1' } } },
      },
    );
    expect(text.error).toMatchObject({
      code: 'SCRIPT_FAILED',
      message: 'DelegatedMSAEnabled is no DWORD but String.',
    });
  });

  it('tells what a bare host is, without its built-in services, and reads no events', async () => {
    const services = [
      service('Spooler', { startName: 'LocalSystem' }),
      service('Dns', { startName: 'NT AUTHORITY\\NetworkService' }),
      service('Sql', { startName: 'NT SERVICE\\Sql' }),
      service('PerUser_1f', { startName: null }),
    ];
    const events = [kerberosEvent(307, '2026-01-02T00:00:00Z', 'x')];
    const { result } = await run(
      'inspect-host',
      { eventsSince: null },
      {
        host: hostState({ services, events, eventLogEnabled: null }),
      },
    );
    expect(result).toEqual({
      computerName: 'WEB01',
      domain: 'contoso.com',
      build: 26100,
      edition: 'Microsoft Windows Server 2025 Standard',
      isDomainController: false,
      clock: expect.any(String),
      bootTime: '2026-01-01T06:00:00.000Z',
      rebootPending: false,
      policy: { value: null, keyExists: false },
      policyFrom: null,
      eventLogEnabled: false,
      eventLog: { maximumSize: 0, oldestAt: '2026-01-02T00:00:00.000Z' },
      serviceLogonRight: [],
      services: [],
      tasks: [],
      pools: [],
      comApplications: [],
      sessions: [],
      events: [],
      unread: [],
    });
  });

  it('lists services of accounts by name, and events since a time, oldest first, with their fields', async () => {
    const services = [
      service('Queue', { ...stopped, startName: 'svc@contoso.com', startMode: 'Disabled' }),
      service('Billing', { state: 'StartPending' }),
    ];
    const joined = [
      'Adding machine to the Principals Allowed Managed Password attribute of a DMSA',
      'DC Used: \\\\DCA',
      'DMSA Distinguished Name: CN=d,DC=contoso,DC=com',
      'Previously Authorized: true',
      'Status: 0x0',
    ];
    const { result } = await run(
      'inspect-host',
      { eventsSince: '2026-01-02T01:00:00+01:00' },
      {
        registry: { ...enabled, [`${current}\\WindowsUpdate\\Auto Update\\RebootRequired`]: {} },
        host: hostState({
          services,
          eventLogEnabled: true,
          domainRole: 4,
          events: [
            kerberosEvent(307, '2026-01-01T23:59:59Z', 'too early'),
            kerberosEvent(308, '2026-01-02T00:00:02Z', joined.join('\r\n')),
            kerberosEvent(307, '2026-01-02T00:00:01Z', 'Old Account Name: svc\r\nMigration Complete: false'),
            kerberosEvent(4, '2026-01-02T00:00:03Z', 'another event'),
          ],
        }),
      },
    );
    expect(result).toMatchObject({
      isDomainController: true,
      rebootPending: true,
      policy: { value: 1, keyExists: true },
      eventLogEnabled: true,
    });
    expect(result!.services).toEqual([
      {
        name: 'Billing',
        startName: 'CONTOSO\\svc-billing',
        state: 'StartPending',
        startMode: 'Auto',
        startedAt: '2026-01-01T06:01:00.000Z',
        ...plain,
      },
      {
        name: 'Queue',
        startName: 'svc@contoso.com',
        state: 'Stopped',
        startMode: 'Disabled',
        startedAt: null,
        ...plain,
      },
    ]);
    expect(result!.events).toEqual([
      {
        id: 307,
        at: '2026-01-02T00:00:01.000Z',
        fields: { ClientRealm: 'CONTOSO.COM', 'Old Account Name': 'svc', 'Migration Complete': 'false' },
      },
      {
        id: 308,
        at: '2026-01-02T00:00:02.000Z',
        fields: {
          ClientRealm: 'CONTOSO.COM',
          'DC Used': '\\\\DCA',
          'DMSA Distinguished Name': 'CN=d,DC=contoso,DC=com',
          'Previously Authorized': 'true',
          Status: '0x0',
        },
      },
    ]);
  });

  it.each([
    ['component servicing', { [`${current}\\Component Based Servicing\\RebootPending`]: {} }, true],
    [
      'files to be renamed',
      {
        [sessionManager]: {
          PendingFileRenameOperations: { type: 'MultiString', value: ['\\??\\C:\\x', ''] },
        },
      },
      true,
    ],
    [
      'an empty list of renames',
      { [sessionManager]: { PendingFileRenameOperations: { type: 'MultiString', value: [] } } },
      false,
    ],
  ] as const)('tells a pending reboot from %s', async (_, registry, expected) => {
    const { result } = await run(
      'inspect-host',
      { eventsSince: null },
      { registry: registry as unknown as Registry },
    );
    expect(result!.rebootPending).toBe(expected);
  });
});

describe.skipIf(!engine).concurrent('set-host', () => {
  const on = { policy: { value: 1, keyExists: true }, eventLogEnabled: true };
  const bare: Registry = { [policies]: { EnableLUA: dword(1) } };

  it('refuses a value without its key, and changes nothing', async () => {
    const { error, registry, host } = await run(
      'set-host',
      { policy: { value: 1, keyExists: false }, eventLogEnabled: true },
      { registry: bare },
    );
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER', subject: 'policy' });
    expect(registry).toEqual(withParents(bare));
    expect(host.calls).toEqual([]);
  });

  it('sets both, changes nothing when repeated, and restores the absent key', async () => {
    const set = await run('set-host', on, { registry: bare });
    expect(set.result).toEqual({
      ...on,
      changed: ['policy', 'log'],
    });
    expect(set.registry[policyKey]).toEqual({ DelegatedMSAEnabled: dword(1) });
    expect(set.host.calls).toEqual([`SaveChanges ${kerberosLog} True`]);

    const again = await run('set-host', on, { registry: set.registry, host: { ...set.host, calls: [] } });
    expect(again.result).toEqual({ ...on, changed: [] });
    expect(again.registry).toEqual(withParents(set.registry));
    expect(again.host.calls).toEqual([]);

    const before = { policy: { value: null, keyExists: false }, eventLogEnabled: false };
    const restored = await run('set-host', before, { registry: set.registry, host: set.host });
    expect(restored.result).toEqual({
      ...before,
      changed: ['policy', 'log'],
    });
    expect(restored.registry).toEqual(withParents(bare));
    expect(restored.host.eventLogEnabled).toBe(false);
  });

  it('keeps what else is in the key, and the key where it was empty before', async () => {
    const absent = { policy: { value: null, keyExists: false }, eventLogEnabled: null };
    const shared = { [policyKey]: { DelegatedMSAEnabled: dword(1), SupportedEncryptionTypes: dword(24) } };
    const kept = await run('set-host', absent, { registry: shared });
    expect(kept.result).toEqual({
      policy: { value: null, keyExists: true },
      eventLogEnabled: false,
      changed: ['policy'],
    });
    expect(kept.registry[policyKey]).toEqual({ SupportedEncryptionTypes: dword(24) });

    const empty = { ...absent, policy: { value: null, keyExists: true } };
    const emptied = await run('set-host', empty, { registry: enabled });
    expect(emptied.result).toMatchObject({
      ...empty,
      eventLogEnabled: false,
      changed: ['policy'],
    });
    expect(emptied.registry[policyKey]).toEqual({});
  });

  it('makes and removes an empty key where only the key differs', async () => {
    const empty = { policy: { value: null, keyExists: true }, eventLogEnabled: null };
    const made = await run('set-host', empty);
    expect(made.result!.changed).toEqual(['key']);
    expect(made.registry[policyKey]).toEqual({});
    const gone = { ...empty, policy: { value: null, keyExists: false } };
    const removed = await run('set-host', gone, { registry: made.registry });
    expect(removed.result!.changed).toEqual(['key']);
    expect(removed.registry).not.toHaveProperty([policyKey]);
  });

  it('puts back another value than 1, and leaves the log alone where it is not asked about it', async () => {
    const zero = { policy: { value: 0, keyExists: true }, eventLogEnabled: null };
    const { result, registry, host } = await run('set-host', zero, {
      registry: enabled,
      host: hostState({ eventLogEnabled: true }),
    });
    expect(result).toEqual({
      policy: zero.policy,
      eventLogEnabled: true,
      changed: ['policy'],
    });
    expect(registry).toEqual(withParents({ [policyKey]: { DelegatedMSAEnabled: dword(0) } }));
    expect(host.calls).toEqual([]);
  });

  it('changes nothing under -WhatIf', async () => {
    const text = '-Policy @{ value = 1; keyExists = $true } -EventLogEnabled $true -WhatIf';
    const tried = await runByHand('set-host', text, { registry: bare });
    expect(tried.result!.stdout).toContain('What if: ');
    expect(tried.registry).toEqual(withParents(bare));
    expect(tried.host).toEqual(hostState());
  });
});

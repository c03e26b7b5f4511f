import { describe, expect, it } from 'vitest';

import type { Inventory } from '../../../src/powershell/wire/inventory.ts';
import { engine, type Registry, run, type World } from './engine.ts';
import { type HostState, hostState, service, stopped } from './states.ts';

const services = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services';
const svc = 'CONTOSO\\svc-billing';

async function inspected(host: Partial<HostState>, world: Partial<World> = {}): Promise<Inventory> {
  const { result, error } = await run(
    'inspect-host',
    { eventsSince: null },
    { ...world, host: hostState(host) },
  );
  if (!result) throw error!;
  return result;
}

/** SERVICE_FAILURE_ACTIONS as the service manager keeps it: a header of five numbers, then type and delay of each. */
function failureActions(...types: number[]): Registry[string][string] {
  const numbers = [86_400, 0, 0, types.length, 20, ...types.flatMap((type) => [type, 60_000])];
  const octets = Buffer.alloc(4 * numbers.length);
  for (const [index, number] of numbers.entries()) octets.writeInt32LE(number, 4 * index);
  return { type: 'Binary', value: [...octets] };
}

describe.skipIf(!engine).concurrent('inspect-host, of what logs on as an account', () => {
  it('tells what a service needs, what needs it, how it starts and recovers, and which resource owns it', async () => {
    const registry = {
      [`${services}\\Billing`]: {
        DelayedAutostart: { type: 'DWord', value: 1 },
        FailureActions: failureActions(1, 2, 3, 0),
      },
      // Cut off in its second action.
      [`${services}\\Queue`]: {
        FailureActions: { type: 'Binary', value: (failureActions(1, 1).value as number[]).slice(0, 30) },
      },
    };
    const found = await inspected(
      {
        services: [
          service('Billing', { dependsOn: ['Queue', 'RpcSs'] }),
          service('ClusSvc', { startName: 'LocalSystem' }),
          service('Mailer', { startName: 'LocalSystem', dependsOn: ['Billing'] }),
          service('Queue', { startName: 'svc@contoso.com' }),
        ],
        clusterResources: [
          { name: 'Billing Role', type: 'Generic Service', privateProperties: { ServiceName: 'billing' } },
        ],
      },
      { registry },
    );
    expect(found.services.map(({ name, ...rest }) => [name, rest])).toMatchObject([
      [
        'Billing',
        {
          delayedStart: true,
          dependents: ['Mailer'],
          dependencies: ['Queue', 'RpcSs'],
          recovery: ['restart', 'reboot', 'run', 'none'],
          clusterResource: 'Billing Role',
        },
      ],
      [
        'Queue',
        {
          delayedStart: false,
          dependents: ['Billing'],
          dependencies: [],
          recovery: ['restart'],
          clusterResource: null,
        },
      ],
    ]);
    expect(found.unread).toEqual([]);
  });

  it('lists tasks, pools and COM+ applications by name, without those of Windows itself', async () => {
    const found = await inspected(
      {
        tasks: [
          { folder: '\\Finance\\', name: 'Nightly', userId: 'svc-billing', state: 'Ready' },
          { folder: '\\', name: 'Cleanup', userId: 'SYSTEM', state: 'Running' },
          { folder: '\\', name: 'AtLogon', userId: null, state: 'Ready' },
          { folder: '\\', name: 'By SID', userId: 'S-1-5-21-1-2-3-1104', state: 'Disabled' },
        ],
        comApplications: [
          { name: 'Ledger', identity: svc },
          { name: 'Archive', identity: 'contoso.com\\svc-billing' },
          { name: 'Shell', identity: 'Interactive User' },
          { name: 'System', identity: 'nt authority\\localservice' },
        ],
        pools: [
          { name: 'Finance', state: 'Started', workers: [] },
          { name: 'Common', state: 'Stopped', workers: [] },
          { name: 'Own', state: 'Started', workers: [] },
        ],
      },
      {
        applicationHost: `<?xml version="1.0"?><configuration><system.applicationHost><applicationPools>
          <add name="Own"><processModel identityType="ApplicationPoolIdentity" userName="left" /></add>
          <add name="Finance"><processModel userName="svc-billing@contoso.com" /></add>
          <add name="Common" />
          <add name="Network"><processModel identityType="NetworkService" /></add>
          <applicationPoolDefaults><processModel identityType="SpecificUser" userName="${svc}" /></applicationPoolDefaults>
        </applicationPools></system.applicationHost></configuration>`,
      },
    );
    expect(found.tasks).toEqual([
      { path: '\\By SID', account: 'S-1-5-21-1-2-3-1104', state: 'Disabled' },
      { path: '\\Finance\\Nightly', account: 'svc-billing', state: 'Ready' },
    ]);
    expect(found.pools).toEqual([
      { name: 'Common', account: svc, state: 'Stopped' },
      { name: 'Finance', account: 'svc-billing@contoso.com', state: 'Started' },
    ]);
    expect(found.comApplications).toEqual([
      { name: 'Archive', account: 'contoso.com\\svc-billing' },
      { name: 'Ledger', account: svc },
    ]);
    expect(found.unread).toEqual([]);
  });

  it('tells sessions with processes that no service, task or pool has started', async () => {
    const at = (minute: number) => `2026-01-01T07:0${minute}:00.000Z`;
    const session = (id: string, account: string, type: number, processIds: number[]) => {
      return { id, account, type, startedAt: at(0), processIds };
    };
    const found = await inspected({
      services: [
        service('Billing', { processId: 100, startedAt: at(0) }),
        service('Schedule', { startName: 'LocalSystem', processId: 200, startedAt: at(0) }),
        service('DcomLaunch', { startName: 'LocalSystem', processId: 300, startedAt: at(0) }),
        service('Old', { ...stopped }),
      ],
      processes: [
        { id: 101, parent: 100, name: 'helper.exe', startedAt: at(1) },
        { id: 102, parent: 101, name: 'grandchild.exe', startedAt: at(2) },
        { id: 201, parent: 200, name: 'nightly.exe', startedAt: at(1) },
        { id: 400, parent: 399, name: 'explorer.exe', startedAt: at(1) },
        { id: 401, parent: 400, name: 'cmd.exe', startedAt: at(2) },
        { id: 402, parent: 400, name: 'cmd.exe', startedAt: at(3) },
        { id: 501, parent: 300, name: 'wsmprovhost.exe', startedAt: at(2) },
        // Its parent's number was given away since, to a service of the account.
        { id: 600, parent: 700, name: 'orphan.exe', startedAt: at(1) },
      ],
      sessions: [
        session('5001', svc, 5, [100, 101, 102]),
        session('5002', svc, 4, [201]),
        session('5003', svc, 10, [400, 401, 402]),
        session('5004', 'CONTOSO\\svc-other', 3, [501]),
        session('5005', 'NT AUTHORITY\\SYSTEM', 5, [200, 300]),
        session('999', 'WEB01\\SYSTEM', 0, [300]),
        session('996', 'WEB01\\Netzwerkdienst', 5, [300]),
        session('5006', svc, 2, [600]),
        session('5007', svc, 3, []),
        session('5008', svc, 3, [4242]),
      ],
    });
    expect(
      found.sessions.map(({ account, logonType, processes }) => [account, logonType, processes]),
    ).toEqual([
      [svc, 10, ['cmd.exe', 'explorer.exe']],
      ['CONTOSO\\svc-other', 3, ['wsmprovhost.exe']],
      [svc, 2, ['orphan.exe']],
    ]);
    expect(found.sessions[0]!.startedAt).toBe(at(0));
  });

  it('tells who may log on as a service, sorted, SIDs and names', async () => {
    const found = await inspected({
      serviceLogonRight: ['*S-1-5-80-0', 'svc-local', '*S-1-5-21-1-2-3-1104'],
    });
    expect(found.serviceLogonRight).toEqual(['S-1-5-21-1-2-3-1104', 'S-1-5-80-0', 'svc-local']);
  });

  it('names the group policy that delivers the value, its domain and its clock', async () => {
    const before = Date.now();
    const found = await inspected({
      domain: null,
      groupPolicies: [
        {
          gpo: 'Servers',
          gpoId: 'cn={1}',
          registryKey: 'Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Kerberos\\Parameters',
          valueName: 'DelegatedMSAEnabled',
          valueType: 4,
          value: [1, 0, 0, 0],
          deleted: false,
          precedence: 1,
        },
      ],
    });
    expect(found.policyFrom).toEqual({ gpo: 'Servers', value: 1 });
    expect(found.domain).toBeNull();
    expect(Date.parse(found.clock)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(found.clock)).toBeLessThanOrEqual(Date.now() + 1);
  });
});

describe.skipIf(!engine).concurrent('inspect-host, where a part cannot be read', () => {
  const refused = { id: 'Refused', category: 'PermissionDenied', message: 'Access denied' };
  const cluster = [service('Billing'), service('ClusSvc', { startName: 'LocalSystem' })];

  it.each<[part: string, cmdlet: string, host?: Partial<HostState>]>([
    ['group-policy', 'Get-CimInstance RSOP_RegistryPolicySetting'],
    ['logon-right', 'secedit.exe'],
    ['cluster', 'Get-CimInstance MSCluster_Resource', { services: cluster }],
    ['tasks', 'Get-ScheduledTask'],
    ['com-applications', 'New-Object COMAdmin.COMAdminCatalog'],
    ['sessions', 'Get-CimInstance Win32_LogonSession'],
  ])('%s, says so and answers with the rest', async (part, cmdlet, host = {}) => {
    const found = await inspected({ services: [service('Billing')], ...host, errors: { [cmdlet]: refused } });
    expect(found.unread).toEqual([
      { part, why: expect.stringMatching(part === 'logon-right' ? /exported nothing/ : /Access denied/) },
    ]);
    expect(found.services.map(({ name }) => name)).toEqual(['Billing']);
  });

  it('pools, says so and answers with the rest', async () => {
    const found = await inspected({}, { applicationHost: '<configuration>' });
    expect(found.unread.map(({ part }) => part)).toEqual(['pools']);
    expect(found.pools).toEqual([]);
  });

  it('recovery of one service, says so and answers with that service too', async () => {
    const registry: Registry = {
      [`${services}\\Billing`]: { FailureActions: { type: 'String', value: 'restart' } },
    };
    const found = await inspected({ services: [service('Billing')] }, { registry });
    expect(found.unread.map(({ part }) => part)).toEqual(['recovery']);
    expect(found.services).toMatchObject([{ name: 'Billing', recovery: [] }]);
  });

  it('the state of a pool alone, names its account all the same', async () => {
    const applicationHost = `<configuration><applicationPools><add name="Finance">
      <processModel identityType="SpecificUser" userName="svc@contoso.com" /></add></applicationPools></configuration>`;
    const found = await inspected({}, { applicationHost });
    expect(found.pools).toEqual([{ name: 'Finance', account: 'svc@contoso.com', state: 'Unknown' }]);
    expect(found.unread).toEqual([]);
  });

  it('COM+ because there is none, is no failure', async () => {
    const message = 'Retrieving the COM class factory failed due to the following error: 80040154.';
    const absent = { id: 'NoCOMClassIdentified', category: 'ResourceUnavailable', message };
    const found = await inspected({ errors: { 'New-Object COMAdmin.COMAdminCatalog': absent } });
    expect(found.comApplications).toEqual([]);
    expect(found.unread).toEqual([]);
  });
});

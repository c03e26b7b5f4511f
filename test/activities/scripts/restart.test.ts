import { describe, expect, it } from 'vitest';

import { windowsErrors } from '../../../src/domain/errors/windows-errors.ts';
import { engine, type Registry, run, runByHand, withParents } from './engine.ts';
import { hostState, type StubService, service, stopped } from './states.ts';

const noteKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\dmsa\\RestartedDependents';

const ask = (services: string[], changes: object = {}) => ({
  services,
  pools: [],
  checks: [],
  startStopped: false,
  unlessStartedSince: null,
  eventsSince: null,
  sentAt: new Date().toISOString(),
  timeoutSeconds: 120,
  ...changes,
});

const host = (...services: StubService[]) => ({ host: hostState({ services }) });
const states = (services: StubService[]) =>
  Object.fromEntries(services.map(({ name, state }) => [name, state]));
const hours = (time: string, by: number) => new Date(Date.parse(time) + by * 3_600_000).toISOString();

describe.skipIf(!engine).concurrent('restart-services, when something fails', () => {
  it('touches nothing where one of the services is unknown', async () => {
    const { error, host: after } = await run(
      'restart-services',
      ask(['Billing', 'Bill*']),
      host(service('Billing')),
    );
    expect(error).toMatchObject({ code: 'SERVICE_NOT_FOUND', subject: 'Bill*' });
    expect(after.calls).toEqual([]);
  });

  it.each([
    ...windowsErrors
      .filter((each) => each.of === 'service' && each.code !== 'SERVICE_BUSY')
      .map(({ code, value }) => [code, { refusesStart: [Number(value)] }] as const),
    ['SERVICE_START_FAILED', { startsAs: 'Stopped', exitCode: 1 }],
    ['SERVICE_LOGON_FAILED', { startsAs: 'Stopped', exitCode: 1069 }],
  ] as const)('answers %s for %j, and leaves the rest alone', async (code, changes) => {
    const broken = service('Billing', changes as unknown as Partial<StubService>);
    const { error, host: after } = await run(
      'restart-services',
      ask(['Billing', 'Queue']),
      host(broken, service('Queue')),
    );
    expect(error).toMatchObject({ code, subject: 'Billing' });
    expect(after.calls).toEqual(['Stop Billing', 'Start Billing']);
  });

  it.each(windowsErrors.filter(({ code }) => code === 'SERVICE_BUSY'))(
    'answers $code where $value is said until the time is up',
    async ({ code, value }) => {
      const refusesStart = Array.from({ length: 50 }, () => Number(value));
      const { error } = await run(
        'restart-services',
        ask(['Billing'], { timeoutSeconds: 1 }),
        host(service('Billing', { refusesStart })),
      );
      expect(error).toMatchObject({ code, subject: 'Billing' });
    },
  );

  it('gives up at its deadline: busy while it is stopping, failed while it is starting', async () => {
    const one = { timeoutSeconds: 1 };
    const stopping = await run(
      'restart-services',
      ask(['Billing'], one),
      host(service('Billing', { looks: 999 })),
    );
    expect(stopping.error).toMatchObject({ code: 'SERVICE_BUSY', subject: 'Billing' });
    const starting = await run(
      'restart-services',
      ask(['Billing'], { ...one, startStopped: true }),
      host(service('Billing', { ...stopped, startsAs: 'StartPending' })),
    );
    expect(starting.host.calls).toEqual(['Start Billing']);
    expect(starting.error).toMatchObject({ code: 'SERVICE_START_FAILED', subject: 'Billing' });
  });

  const generic = (name: string) => ({
    name: `Cluster ${name}`,
    type: 'Generic Service',
    privateProperties: { ServiceName: name.toUpperCase(), StartupParameters: '' },
  });
  const sql = (type: string, InstanceName: string) => ({
    name: `${type} (${InstanceName})`,
    type,
    privateProperties: { InstanceName, VirtualServerName: 'SQL' },
  });
  const node = service('ClusSvc', { startName: 'LocalSystem' });

  it.each([
    ['Billing', generic('Billing'), 'Cluster Billing'],
    ['MSSQLSERVER', sql('SQL Server', 'MSSQLSERVER'), 'SQL Server (MSSQLSERVER)'],
    ['MSSQL$FIN', sql('SQL Server', 'FIN'), 'SQL Server (FIN)'],
    ['SQLAgent$FIN', sql('SQL Server Agent', 'FIN'), 'SQL Server Agent (FIN)'],
  ])('touches nothing where a cluster resource owns %s', async (name, resource, owner) => {
    const { error, host: after } = await run('restart-services', ask(['Queue', name]), {
      host: hostState({
        services: [service('Queue'), service(name), node],
        clusterResources: [{ name: 'IP', type: 'IP Address', privateProperties: null }, resource],
      }),
    });
    expect(error).toMatchObject({
      code: 'SERVICE_CLUSTERED',
      subject: name,
      message: `The cluster resource ${owner} owns the service ${name}.`,
    });
    expect(after.calls).toEqual([]);
  });

  it('touches nothing where a cluster resource owns a dependent, or nobody can tell on a running node', async () => {
    const services = [service('Billing'), service('Web', { dependsOn: ['Billing'] }), node];
    const along = await run('restart-services', ask(['Billing']), {
      host: hostState({ services, clusterResources: [generic('Web')] }),
    });
    expect(along.error).toMatchObject({ code: 'SERVICE_CLUSTERED', subject: 'Web' });
    expect(along.host.calls).toEqual([]);
    const refused = { id: 'HRESULT 0x80041003', category: 'PermissionDenied', message: 'Access denied' };
    const unreadable = await run('restart-services', ask(['Billing']), {
      host: hostState({ services, errors: { 'Get-CimInstance MSCluster_Resource': refused } }),
    });
    expect(unreadable.error).toMatchObject({
      code: 'ACCESS_DENIED',
      subject: 'MSCluster_Resource',
      message: 'Whether a cluster resource owns a service cannot be read: Access denied',
    });
    expect(unreadable.host.calls).toEqual([]);
  });

  it('touches nothing where one that runs is disabled, or a dependent that would be stopped with it', async () => {
    const disabled = { startMode: 'Disabled' };
    const own = await run(
      'restart-services',
      ask(['Queue', 'Billing']),
      host(service('Queue'), service('Billing', disabled)),
    );
    expect(own.error).toMatchObject({ code: 'SERVICE_DISABLED', subject: 'Billing' });
    expect(own.host.calls).toEqual([]);
    const dependent = await run(
      'restart-services',
      ask(['Billing']),
      host(service('Billing'), service('Web', { ...disabled, dependsOn: ['Billing'] })),
    );
    expect(dependent.error).toMatchObject({ code: 'SERVICE_DISABLED', subject: 'Web' });
    expect([dependent.host.calls, dependent.registry]).toEqual([[], withParents({})]);
  });

  it('starts the dependents again of one that refuses to stop', async () => {
    const {
      error,
      host: after,
      registry,
    } = await run(
      'restart-services',
      ask(['Billing']),
      host(service('Billing', { refusesStop: [5] }), service('Web', { dependsOn: ['Billing'] })),
    );
    expect(error?.code).toBe('ACCESS_DENIED');
    expect(after.calls).toEqual(['Stop Web', 'Stop Billing', 'Start Web']);
    expect(registry).toEqual(withParents({}));
  });

  it('is ACCESS_DENIED where the service manager says so', async () => {
    const { error } = await run(
      'restart-services',
      ask(['Billing']),
      host(service('Billing', { refusesStop: [5] })),
    );
    expect(error?.code).toBe('ACCESS_DENIED');
  });
});

describe.skipIf(!engine).concurrent('restart-services', () => {
  it('restarts what runs, waits until it has stopped, tries again in the race, and starts nothing else', async () => {
    const {
      result,
      host: after,
      registry,
    } = await run(
      'restart-services',
      ask(['Billing', "It's [odd]", 'BILLING']),
      host(
        service('Billing', { looks: 2, refusesStop: [1061], refusesStart: [1061, 1056] }),
        service("It's [odd]", stopped),
      ),
    );
    expect(after.calls).toEqual([
      'Stop Billing',
      'Stop Billing',
      'Start Billing',
      'Start Billing',
      'Start Billing',
    ]);
    expect(result!.services).toEqual([
      {
        name: 'Billing',
        action: 'restarted',
        state: 'Running',
        startedAt: expect.stringMatching(/\.\d{3}Z$/),
        startName: 'CONTOSO\\svc-billing',
        dependents: [],
      },
      {
        name: "It's [odd]",
        action: 'skipped',
        state: 'Stopped',
        startedAt: null,
        startName: 'CONTOSO\\svc-billing',
        dependents: [],
      },
    ]);
    expect([result!.pools, result!.checks]).toEqual([[], []]);
    expect(Date.parse(result!.services[0]!.startedAt!)).toBeGreaterThan(Date.parse('2026-01-01T06:01:00Z'));
    expect(registry).toEqual(withParents({}));
  });

  it('starts the stopped ones only where it is told to', async () => {
    const { result, host: after } = await run(
      'restart-services',
      ask(["It's [odd]"], { startStopped: true }),
      host(service("It's [odd]", stopped)),
    );
    expect(after.calls).toEqual(["Start It's [odd]"]);
    expect(result!.services[0]).toMatchObject({ action: 'started', state: 'Running' });
  });

  it('stops running dependents first and starts them last, once each', async () => {
    // Web needs Api, Api needs Billing; Report needs Billing and was stopped.
    const {
      result,
      host: after,
      registry,
    } = await run('restart-services', ask(['Api', 'Billing']), {
      ...host(
        service('Billing'),
        service('Web', { dependsOn: ['Api', 'Billing'] }),
        service('Api', { dependsOn: ['Billing'] }),
        service('Report', { ...stopped, dependsOn: ['Billing'] }),
      ),
    });
    expect(after.calls).toEqual([
      'Stop Web',
      'Stop Api',
      'Stop Billing',
      'Start Billing',
      'Start Api',
      'Start Web',
    ]);
    expect(result!.services.map(({ name, action, dependents }) => `${name} ${action} ${dependents}`)).toEqual(
      ['Api restarted ', 'Billing restarted Web,Api'],
    );
    expect(states(after.services)).toEqual({
      Billing: 'Running',
      Web: 'Running',
      Api: 'Running',
      Report: 'Stopped',
    });
    expect(registry).toEqual(withParents({}));
  });

  it('brings back, when it is repeated, the dependents of a run that was cut off', async () => {
    const services = [
      service('Billing', { refusesStart: [1069] }),
      service('Web', { dependsOn: ['Billing'] }),
      service('Report', { ...stopped, dependsOn: ['Billing'] }),
    ];
    const first = await run('restart-services', ask(['Billing']), host(...services));
    expect(first.error?.code).toBe('SERVICE_LOGON_FAILED');
    expect(states(first.host.services)).toEqual({ Billing: 'Stopped', Web: 'Stopped', Report: 'Stopped' });
    const note = { Billing: { type: 'MultiString', value: ['Web'] } };
    expect(first.registry[noteKey]).toEqual(note);

    const again = await run('restart-services', ask(['Billing'], { startStopped: true }), {
      host: { ...first.host, calls: [] },
      registry: first.registry,
    });
    expect(again.host.calls).toEqual(['Start Billing', 'Start Web']);
    expect(states(again.host.services)).toEqual({ Billing: 'Running', Web: 'Running', Report: 'Stopped' });
    expect(again.registry).not.toHaveProperty([noteKey]);
  });

  it('leaves alone on a retry what has started since, by the clock of the host, but not its dependents', async () => {
    const first = '2026-01-01T06:00:30Z';
    // The host's clock is two hours behind: what it calls 06:01 was after the first attempt, 08:00:30 by the sender.
    const sentAt = hours(new Date().toISOString(), 2);
    const note: Registry = { [noteKey]: { Billing: { type: 'MultiString', value: ['Web'] } } };
    const { result, host: after } = await run(
      'restart-services',
      ask(['Billing'], { unlessStartedSince: hours(first, 2), sentAt }),
      { ...host(service('Billing'), service('Web', { ...stopped, dependsOn: ['Billing'] })), registry: note },
    );
    expect(result!.services[0]).toEqual({
      name: 'Billing',
      action: 'skipped',
      state: 'Running',
      startedAt: '2026-01-01T06:01:00.000Z',
      startName: 'CONTOSO\\svc-billing',
      dependents: ['Web'],
    });
    expect(after.calls).toEqual(['Start Web']);

    const earlier = await run(
      'restart-services',
      ask(['Billing'], { unlessStartedSince: hours(first, 3), sentAt }),
      host(service('Billing')),
    );
    expect(earlier.result!.services[0]!.action).toBe('restarted');
  });

  it('answers the Kerberos events since then, by the clock of the host', async () => {
    const log = 'Microsoft-Windows-Security-Kerberos/Operational';
    const event = (id: number, at: string) => ({ log, id, at, message: 'Status: 0x0', xml: '<Event/>' });
    const now = new Date().toISOString();
    const { result } = await run(
      'restart-services',
      ask(['Billing'], { eventsSince: hours(now, 1), sentAt: hours(now, 2) }),
      {
        host: hostState({
          services: [service('Billing', stopped)],
          events: [event(308, hours(now, -0.9)), event(307, hours(now, -1.1))],
        }),
      },
    );
    expect(result!.events).toEqual([{ id: 308, at: hours(now, -0.9), fields: { Status: '0x0' } }]);
  });

  it('touches nothing under -WhatIf, not even what a note says', async () => {
    const services = [service('Billing'), service('Web', { ...stopped, dependsOn: ['Billing'] })];
    const note: Registry = { [noteKey]: { Billing: { type: 'MultiString', value: ['Web'] } } };
    const tried = await runByHand(
      'restart-services',
      '-Services Billing -SentAt (Get-Date) -TimeoutSeconds 9 -WhatIf',
      {
        ...host(...services),
        registry: note,
      },
    );
    expect(tried.result!.stdout).toContain('What if: ');
    expect(tried.host.services).toEqual(services);
    expect(tried.registry).toEqual(withParents(note));
  });
});

import { describe, expect, it } from 'vitest';
import { windowsErrors } from '../../../scripts/docs/windows-errors.ts';
import { engine, run, withParents } from './engine.ts';
import { ask, host } from './restart-request.ts';
import { hostState, type StubService, service, stopped } from './states.ts';

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

import { describe, expect, it } from 'vitest';
import { engine, type Registry, run, runByHand, withParents } from './engine.ts';
import { ask, host } from './restart-request.ts';
import { hostState, type StubService, service, stopped } from './states.ts';

const noteKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\dmsa\\RestartedDependents';

const states = (services: StubService[]) =>
  Object.fromEntries(services.map(({ name, state }) => [name, state]));

const hours = (time: string, by: number) => new Date(Date.parse(time) + by * 3_600_000).toISOString();

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

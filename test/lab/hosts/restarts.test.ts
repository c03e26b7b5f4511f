import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { SimulatedHost } from '../../../lab/hosts/host.ts';
import { type LabHost, type LabService, labHost } from '../../../lab/topology.ts';
import type { Parameters } from '../../../src/powershell/wire/operations.ts';
import { linkedDomain, refusalOf } from '../rules/domain.ts';

const began = '2025-06-01T08:00:00.000Z';
const later = '2025-06-01T09:00:00.000Z';

function service(name: string, changes: Partial<LabService> = {}): LabService {
  const usual = { startName: 'LAB\\svc-finance', state: 'Running', startMode: 'Auto' } as const;
  return { name, ...usual, restartMs: 0, failingStarts: 0, ...changes };
}

async function hostWith(services: LabService[], changes: Partial<LabHost> = {}) {
  const domain = await linkedDomain();
  const prepared = { policy: { value: 1, keyExists: true }, eventLogEnabled: true, ...changes };
  const computerSid = domain.sids.get('fin01.lab.example')!;
  const identity = { accountName: 'svc-finance', computerSid };
  const host = new SimulatedHost(labHost('fin01', services, prepared), () => domain.dc, identity);
  return { host, clock: domain.clock };
}

function asking(changes: Partial<Parameters<'restart-services'>>): Parameters<'restart-services'> {
  const lists = { services: [], pools: [], checks: [] };
  const times = { unlessStartedSince: null, eventsSince: null, sentAt: later, timeoutSeconds: 10 };
  return { ...lists, ...times, startStopped: false, ...changes };
}

const states = ({ settings }: SimulatedHost) =>
  settings.services.map(({ name, state }) => `${name} ${state}`);
const others = 'LocalSystem';

describe('services with dependents', () => {
  test('are refused, untouched, where a cluster owns one of them or one is disabled', async () => {
    for (const [code, changes] of [
      ['SERVICE_CLUSTERED', { clusterResource: 'Finance' }],
      ['SERVICE_DISABLED', { startMode: 'Disabled' }],
    ] as const) {
      const { host } = await hostWith([service('A'), service('B', { dependencies: ['A'], ...changes })]);
      const refusal = await refusalOf(host.restart(asking({ services: ['A'] })));
      expect(refusal).toMatchObject({ code, target: 'B' });
      expect([host.restarts, states(host)]).toEqual([0, ['A Running', 'B Running']]);
    }
  });

  test('take them along, the last to be stopped first; what was stopped stays stopped', async () => {
    const { host } = await hostWith([
      service('A'),
      service('B', { dependencies: ['a'], startName: others }),
      service('C', { dependencies: ['B'], startName: others }),
      service('D', { dependencies: ['A'], startName: others, state: 'Stopped' }),
    ]);
    const { services } = await host.restart(asking({ services: ['A', 'B'] }));
    expect(services.map(({ name, action, dependents }) => `${name} ${action} ${dependents}`)).toEqual([
      'A restarted C,B',
      'B restarted ',
    ]);
    expect(states(host)).toEqual(['A Running', 'B Running', 'C Running', 'D Stopped']);
    expect(host.restarts).toBe(3);
  });

  test('are brought back with them by the next try', async () => {
    const { host } = await hostWith([
      service('A', { failingStarts: 1 }),
      service('B', { dependencies: ['A'], startName: others }),
    ]);
    await refusalOf(host.restart(asking({ services: ['A'] })));
    expect(states(host)).toEqual(['A Stopped', 'B Stopped']);
    const { services } = await host.restart(asking({ services: ['A'], startStopped: true }));
    expect(services[0]).toMatchObject({ action: 'started', dependents: ['B'] });
    expect(states(host)).toEqual(['A Running', 'B Running']);
  });
});

describe('application pools', () => {
  const pools = () => [
    { name: 'Web', account: 'svc-finance@lab.example', state: 'Started' as const },
    { name: 'Old', account: 'svc-finance@lab.example', state: 'Stopped' as const },
  ];

  test('that are not there are refused before a service is touched', async () => {
    const { host } = await hostWith([service('A')], { pools: pools() });
    const refusal = await refusalOf(host.restart(asking({ services: ['A'], pools: ['Gone'] })));
    expect(refusal).toMatchObject({ code: 'SERVICE_NOT_FOUND', target: 'Gone' });
    expect(host.restarts).toBe(0);
  });

  test('log on when they are recycled, once', async () => {
    const { host, clock } = await hostWith([], { pools: pools() });
    clock.now = new Date(later);
    const { pools: first, events } = await host.restart(
      asking({ pools: ['WEB', 'Old'], eventsSince: began }),
    );
    expect(first).toEqual([
      { name: 'Web', action: 'recycled' },
      { name: 'Old', action: 'skipped' },
    ]);
    expect(events.map(({ id }) => id)).toEqual([307, 308]);
    const again = await host.restart(asking({ pools: ['Web'], unlessStartedSince: later }));
    expect(again.pools).toEqual([{ name: 'Web', action: 'skipped' }]);
  });
});

describe('health', () => {
  const check = (attempts: number) => ({ kind: 'tcp' as const, port: 80, attempts, everySeconds: 1 });

  test('is denied as often as told, and where a service of the restart does not run', async () => {
    const { host } = await hostWith([service('A'), service('B', { state: 'Stopped' })], { failingChecks: 3 });
    const { checks } = await host.restart(asking({ services: ['A'], checks: [check(2), check(2)] }));
    expect(checks).toEqual([
      { healthy: false, attempts: 2, detail: 'no answer' },
      { healthy: true, attempts: 2, detail: 'well' },
    ]);
    const stopped = await host.restart(asking({ services: ['B'], checks: [check(1)] }));
    expect(stopped.checks).toEqual([{ healthy: false, attempts: 1, detail: 'B is Stopped' }]);
  });
});

describe('the policy, where a group policy delivers it', () => {
  const delivered = { policy: { value: 0, keyExists: true }, policyFrom: { gpo: 'Servers', value: 0 } };
  const wanting = (value: number) => ({ policy: { value, keyExists: true }, eventLogEnabled: false });

  test('is not fought: neither it nor the log is touched', async () => {
    const { host } = await hostWith([], delivered);
    const refusal = await refusalOf((async () => host.set(wanting(1)))());
    expect(refusal).toMatchObject({ code: 'POLICY_FROM_GROUP_POLICY', target: 'Servers' });
    expect(host.settings).toMatchObject({ policy: { value: 0 }, eventLogEnabled: true });
  });

  test('may be what is delivered, or stay what it is', async () => {
    const { host } = await hostWith([], { ...delivered, policy: { value: 1, keyExists: true } });
    expect(host.set(wanting(1)).policy.value).toBe(1);
    expect(host.set(wanting(0)).policy.value).toBe(0);
  });
});

describe('a restart of the host', () => {
  const asked = (unlessBootedSince: string | null) => ({ reason: 'x', unlessBootedSince, sentAt: later });

  /** It has no time of its own: it is back after some turns of the loop. */
  async function back(host: SimulatedHost): Promise<void> {
    while (host.isDown) await turn();
  }

  test('starts what starts by itself, which logs on, and leaves the rest stopped', async () => {
    const { host, clock } = await hostWith(
      [service('A'), service('B', { startMode: 'Manual' }), service('C', { failingStarts: 1 })],
      { policyFrom: { gpo: 'Servers', value: 1 }, policy: { value: 0, keyExists: true } },
    );
    clock.now = new Date(later);
    expect(host.reboot(asked(null))).toEqual({ restarting: true, bootTime: began });
    expect(host.isDown).toBe(true);
    await back(host);
    expect(states(host)).toEqual(['A Running', 'B Stopped', 'C Stopped']);
    const seen = await host.inspect({ eventsSince: began });
    expect(seen).toMatchObject({ bootTime: later, policy: { value: 1 } });
    expect(seen.events.map(({ id }) => id)).toEqual([307, 308]);
    expect(host.restarts).toBe(0);
  });

  test('happens once: told again while it is down, or after it has booted since, nothing more', async () => {
    const { host, clock } = await hostWith([]);
    clock.now = new Date(later);
    host.reboot(asked(null));
    expect(host.reboot(asked(later)).restarting).toBe(true);
    await back(host);
    expect(host.reboot(asked(later))).toEqual({ restarting: false, bootTime: later });
    expect(host.isDown).toBe(false);
  });
});

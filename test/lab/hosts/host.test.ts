import { describe, expect, test } from 'vitest';
import { principalsOf } from '../../../lab/formats/security-descriptor.ts';
import { SimulatedHost } from '../../../lab/hosts/host.ts';
import { completeMigration } from '../../../lab/rules/phases.ts';
import { type LabHost, type LabService, labHost } from '../../../lab/topology.ts';
import { octets } from '../../../src/directory/entry.ts';
import { attribute } from '../../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';
import { operations, type Parameters } from '../../../src/powershell/wire/operations.ts';
import { linkedDomain, pair, refusalOf, type TestDomain } from '../rules/domain.ts';

const began = '2025-06-01T08:00:00.000Z';
const later = '2025-06-01T09:00:00.000Z';

function service(name: string, changes: Partial<LabService> = {}): LabService {
  const usual = { startName: 'LAB\\svc-finance', state: 'Running', startMode: 'Auto' } as const;
  return { name, ...usual, restartMs: 0, failingStarts: 0, ...changes };
}

/** A host of a domain in which account and dMSA are linked. */
async function hostWith(services: LabService[], changes: Partial<LabHost> = {}) {
  const domain = await linkedDomain();
  const prepared = { policy: { value: 1, keyExists: true }, eventLogEnabled: true, ...changes };
  const settings = labHost('fin01', services, prepared);
  const computerSid = domain.sids.get('fin01.lab.example')!;
  const host = new SimulatedHost(settings, () => domain.dc, {
    accountName: 'svc-finance',
    computerSid,
  });
  return { host, domain, computerSid };
}

function restarting(
  services: string[],
  changes: Partial<Parameters<'restart-services'>> = {},
): Parameters<'restart-services'> {
  const usual = {
    pools: [],
    checks: [],
    startStopped: false,
    unlessStartedSince: null,
    eventsSince: null,
    sentAt: later,
  };
  return { services, ...usual, timeoutSeconds: 10, ...changes };
}

async function principals({ dmsa }: TestDomain): Promise<string[]> {
  const descriptor = octets(await dmsa(), attribute.principals);
  return descriptor ? principalsOf(decodeSecurityDescriptor(descriptor)) : [];
}

const stateOf = (host: SimulatedHost, name: string) =>
  host.settings.services.find((each) => each.name === name)?.state;

/** Of a service on which nothing more is set. */
const plain = {
  startMode: 'Auto',
  delayedStart: false,
  dependents: [],
  dependencies: [],
  recovery: [],
  clusterResource: null,
};

describe('a restart fails', () => {
  test('of a service that is not there, before anything is stopped', async () => {
    const { host } = await hostWith([service('A')]);
    expect(await refusalOf(host.restart(restarting(['Gone', 'A'])))).toMatchObject({
      code: 'SERVICE_NOT_FOUND',
      category: 'ObjectNotFound',
      target: 'Gone',
      message: "Cannot find any service with service name 'Gone'.",
    });
    expect(host.restarts).toBe(0);
  });

  test('of a service that does not come back: it stays stopped, those after it are not touched', async () => {
    const { host, domain } = await hostWith([service('A', { failingStarts: 1 }), service('B')]);
    expect(await refusalOf(host.restart(restarting(['A', 'B'])))).toMatchObject({
      code: 'SERVICE_START_FAILED',
      target: 'A',
    });
    expect([stateOf(host, 'A'), stateOf(host, 'B'), host.restarts]).toEqual(['Stopped', 'Running', 1]);
    expect(await principals(domain)).toEqual([]);
  });

  test('with 1069 in state 2 where the host is no principal; event 105 says why', async () => {
    const { host, domain } = await hostWith([service('A')]);
    await completeMigration(domain.dc, pair);
    const failure = await refusalOf(host.restart(restarting(['A'])));
    expect(failure).toMatchObject({ code: 'SERVICE_LOGON_FAILED', target: 'A' });
    expect(failure.message).toMatch(/error 1069/);
    expect(stateOf(host, 'A')).toBe('Stopped');
    expect((await host.inspect({ eventsSince: began })).events.map(({ id }) => id)).toEqual([105]);
  });
});

describe('a restart', () => {
  test('lets the host join, and answers with what the Kerberos log says since', async () => {
    const { host, domain, computerSid } = await hostWith([service('A')]);
    domain.clock.now = new Date(later);
    const answer = await host.restart(restarting(['A'], { eventsSince: later }));
    const startName = 'LAB\\svc-finance';
    expect(answer.services).toEqual([
      { name: 'A', action: 'restarted', state: 'Running', startedAt: later, startName, dependents: [] },
    ]);
    expect(answer.events.map(({ id, at }) => `${id} ${at}`)).toEqual([`307 ${later}`, `308 ${later}`]);
    expect(await principals(domain)).toEqual([computerSid]);
    expect((await host.inspect({ eventsSince: '2025-06-01T09:00:00.001Z' })).events).toEqual([]);
    expect((await host.inspect({ eventsSince: null })).events).toEqual([]);
  });

  test('is silent in the log where the log is off, and joins all the same', async () => {
    const { host, domain, computerSid } = await hostWith([service('A')], { eventLogEnabled: false });
    expect((await host.restart(restarting(['A'], { eventsSince: began }))).events).toEqual([]);
    expect(await principals(domain)).toEqual([computerSid]);
  });

  test('joins nothing where the policy is off', async () => {
    const { host, domain } = await hostWith([service('A')], { policy: { value: 0, keyExists: true } });
    await host.restart(restarting(['A']));
    expect(await principals(domain)).toEqual([]);
  });

  test.each(['LAB\\svc-other', '.\\svc-finance', 'FIN01\\svc-finance', 'LocalSystem'])(
    'of a service of %s joins nothing, as it does not log on as the account',
    async (startName) => {
      const { host, domain } = await hostWith([service('A', { startName })]);
      const answer = await host.restart(restarting(['A'], { eventsSince: began }));
      expect(answer.services[0]).toMatchObject({ action: 'restarted', state: 'Running' });
      expect(answer.events).toEqual([]);
      expect(await principals(domain)).toEqual([]);
    },
  );

  test('finds services whatever the case of their names', async () => {
    const { host } = await hostWith([service('Finance Reports')]);
    const answer = await host.restart(restarting(['FINANCE reports']));
    expect(answer.services[0]).toMatchObject({ name: 'Finance Reports', action: 'restarted' });
  });

  test('leaves a stopped service stopped, unless told to start it', async () => {
    const { host } = await hostWith([service('A', { state: 'Stopped' })]);
    expect((await host.restart(restarting(['A']))).services).toMatchObject([
      { name: 'A', action: 'skipped', state: 'Stopped', startedAt: null },
    ]);
    expect(host.restarts).toBe(0);
    const { services } = await host.restart(restarting(['A'], { startStopped: true }));
    expect(services[0]).toMatchObject({ action: 'started', state: 'Running' });
  });

  test('leaves alone what has started since the intent, and restarts what has not', async () => {
    const { host, domain } = await hostWith([service('A'), service('B')]);
    domain.clock.now = new Date(later);
    await host.restart(restarting(['A']));
    const { services } = await host.restart(restarting(['A', 'B'], { unlessStartedSince: later }));
    expect(services.map(({ name, action }) => `${name} ${action}`)).toEqual(['A skipped', 'B restarted']);
    expect(host.restarts).toBe(2);
  });

  test('may be tried again after a failure: the service starts', async () => {
    const { host } = await hostWith([service('A', { failingStarts: 1 })]);
    await refusalOf(host.restart(restarting(['A'])));
    const { services } = await host.restart(
      restarting(['A'], { startStopped: true, unlessStartedSince: later }),
    );
    expect(services[0]).toMatchObject({ action: 'started', state: 'Running' });
  });
});

describe('the policy value and the log', () => {
  test('are set to what is wanted, and the answer says what was changed', async () => {
    const { host } = await hostWith([], {
      policy: { value: null, keyExists: false },
      eventLogEnabled: false,
    });
    const wanted = { policy: { value: 1, keyExists: true }, eventLogEnabled: true };
    expect(host.set(wanted)).toEqual({
      ...wanted,
      changed: ['policy', 'log'],
    });
    expect(host.set(wanted)).toEqual({ ...wanted, changed: [] });
  });

  test('are put back, the key too where it was not there', async () => {
    const { host } = await hostWith([], { policy: { value: 1, keyExists: true }, eventLogEnabled: true });
    const absent = { policy: { value: null, keyExists: false }, eventLogEnabled: false };
    expect(host.set(absent)).toEqual({
      ...absent,
      changed: ['policy', 'log'],
    });
    expect(await host.inspect({ eventsSince: null })).toMatchObject(absent);
  });

  test('the log is left alone where nothing is said of it', async () => {
    const { host } = await hostWith([], { eventLogEnabled: true });
    const answer = host.set({ policy: { value: 0, keyExists: true }, eventLogEnabled: null });
    expect(answer).toMatchObject({ eventLogEnabled: true, changed: ['policy'] });
  });
});

describe('an inspection', () => {
  test('says what the real script says, as its schema has it, and nothing of built-in accounts', async () => {
    const system = ['LocalSystem', 'NT AUTHORITY\\LocalService', 'NT SERVICE\\MSSQLSERVER'];
    const { host } = await hostWith([
      service('A'),
      service('B', { state: 'Stopped', startName: '.\\local' }),
      ...system.map((startName, index) => service(`System${index}`, { startName })),
    ]);
    const answer = await host.inspect({ eventsSince: null });
    expect(operations['inspect-host'].result.parse(answer)).toEqual({
      computerName: 'FIN01',
      domain: 'lab.example',
      build: 26100,
      edition: 'Microsoft Windows Server 2025 Standard',
      isDomainController: false,
      clock: began,
      bootTime: began,
      rebootPending: false,
      policy: { value: 1, keyExists: true },
      policyFrom: null,
      eventLogEnabled: true,
      eventLog: { maximumSize: 1_052_672, oldestAt: null },
      serviceLogonRight: [expect.stringMatching(/^S-1-5-21-/)],
      services: [
        { ...plain, name: 'A', startName: 'LAB\\svc-finance', state: 'Running', startedAt: began },
        { ...plain, name: 'B', startName: '.\\local', state: 'Stopped', startedAt: null },
      ],
      tasks: [],
      pools: [],
      comApplications: [],
      sessions: [],
      events: [],
      unread: [],
    });
  });

  test('hands out copies: what a caller does to them changes no host', async () => {
    const { host } = await hostWith([service('A')]);
    const answer = await host.inspect({ eventsSince: null });
    answer.policy.value = 7;
    answer.services[0]!.state = 'Stopped';
    expect(await host.inspect({ eventsSince: null })).toMatchObject({
      policy: { value: 1 },
      services: [{ state: 'Running' }],
    });
  });
});

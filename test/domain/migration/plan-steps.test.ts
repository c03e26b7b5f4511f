import { describe, expect, test } from 'vitest';
import type { AccountFacts, Facts } from '../../../src/domain/facts/facts.ts';
import type { HostFacts } from '../../../src/domain/facts/host-facts.ts';
import type { PlanStep } from '../../../src/domain/migration/plan-step.ts';
import { planSteps, stepsAfterGate } from '../../../src/domain/migration/plan-steps.ts';
import type { GatePlan, Plan, Rollout } from '../../../src/domain/plan/plan.ts';
import { type PlanStepText, wordPlanStep, wordPlanStepWaits } from '../../../src/wording/plan-step.ts';
import { stageTitles } from '../../../src/wording/stage.ts';
import { samplePlan } from '../../plan/sample-plan.ts';
import { goodAccount, goodDmsa, goodHost } from '../facts/good-facts.ts';

const from = '2025-06-01T08:00:00.000Z';
const plan = samplePlan();
const open: GatePlan = { approvers: [], required: 1, expiresAfter: '7d', onExpiry: 'hold' };
const strict: GatePlan = { approvers: ['LAB\\bob'], required: 2, expiresAfter: '3d', onExpiry: 'undo' };
const baked: Rollout = { ...plan.rollout, bake: '2h' };
const restartedAgain = ['the same services are restarted once more, when nothing is linked'];

/** What is there before: no dMSA, an account with nothing to move, hosts whose logs are off. */
function facts(changes: Partial<Facts> = {}, host: Partial<HostFacts> = {}): Facts {
  const hosts = plan.hosts.map(({ name }) => goodHost(name, { eventLogEnabled: false, ...host }));
  return { account: goodAccount(), dmsa: null, hosts, ...changes };
}

type Changes = Partial<Omit<Plan, 'hash'>>;
const steps = (changes: Changes = {}, seen: Facts | null = facts()) =>
  planSteps(samplePlan(changes), seen, from).map(told);

interface ToldStep extends PlanStepText {
  waitsFor?: string;
  until: string | null;
  atMost?: string;
  gate?: GatePlan & { expiresAt: string | null };
}

/** A step in words, with its dates. */
function told(step: PlanStep): ToldStep {
  const [first = ''] = wordPlanStepWaits(step, new Date(from));
  const waitsFor = /^waits for (.+?)(?:, else everything is undone)?$/.exec(first)?.[1];
  const until = 'until' in step ? step.until : 'bakesUntil' in step ? step.bakesUntil : null;
  const gate = 'asks' in step && { ...step.asks, expiresAt: step.step === 'gate' ? step.expiresAt : null };
  return {
    ...wordPlanStep(step),
    ...(waitsFor !== undefined && { waitsFor }),
    until,
    ...('joinBy' in step && step.joinBy !== null && { atMost: step.joinBy }),
    ...(gate && { gate }),
  };
}

function step(title: string, changes: Changes = {}, seen: Facts | null = facts()): ToldStep {
  const found = steps(changes, seen).filter((each) => each.title === title);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const idle = (title: string, more: Partial<ToldStep> = {}): ToldStep => ({
  title,
  changes: [],
  undo: [],
  until: null,
  ...more,
});

test('a plan in which nothing restarts waits for no host, and lets no canary run', () => {
  const hosts = plan.hosts.map((host) => ({ ...host, services: [] }));
  const changes = { hosts, rollout: baked, gates: { ...plan.gates, wave: open } };
  expect(steps(changes, null).filter(({ title }) => title.includes('wave'))).toEqual([]);
  for (const title of ['Restart services', 'Principals verified', 'Restart and verify'])
    expect(step(title, changes, null)).toEqual(idle(title));
  expect(step('Observation', changes, null).until).toBe('2025-06-29T08:00:00.000Z');
  expect(step('Soak', changes, null).until).toBe('2025-06-30T08:00:00.000Z');
});

test('a plan as dmsa plan makes it without options has these steps, with their dates', () => {
  const restarts = {
    changes: [1, 2, 3].map((number) => `restart WebApp on web0${number}.lab.example`),
    undo: restartedAgain,
    until: null,
  };
  expect(steps()).toStrictEqual([
    idle('Gate "start"', { gate: { ...open, expiresAt: '2025-06-08T08:00:00.000Z' } }),
    {
      title: 'Prepare hosts',
      changes: ['DelegatedMSAEnabled = 1 on 3 hosts', 'the Kerberos operational log is enabled there'],
      undo: ['value, key and log as they were before'],
      until: null,
    },
    {
      title: 'Create dMSA',
      changes: [`${plan.dmsa.dn} is created`],
      undo: ['dmsa-web$ is removed, which this migration has created'],
      until: null,
    },
    {
      title: 'Link',
      changes: ['svc-web and dmsa-web$ go to state 1 and point at each other'],
      undo: ['Undo: both in state 0 and unlinked, without the principals that have joined since'],
      until: null,
    },
    { title: 'Restart services', ...restarts },
    idle('Principals verified', { waitsFor: '3 hosts to join', atMost: '2025-06-01T08:15:00.000Z' }),
    idle('Observation', { until: '2025-06-29T08:00:00.000Z' }),
    idle('Gate "complete"', { gate: { ...open, expiresAt: '2025-07-06T08:00:00.000Z' } }),
    {
      title: 'Complete',
      changes: ['svc-web is disabled, both go to state 2'],
      undo: ['Undo: svc-web is enabled again, SPNs and delegation are back, both in state 1'],
      until: null,
    },
    { title: 'Restart and verify', ...restarts },
    idle('Soak', { until: '2025-06-30T08:00:00.000Z' }),
  ]);
});

test('stages of the runbook are called as they are elsewhere, and come in its order', () => {
  const gates = { start: open, complete: open, wave: open, soak: open };
  const rollout: Rollout = { ...baked, reboot: 'after-policy' };
  const titles = steps({ gates, rollout, restoreEventLog: true }).map(({ title }) => title);
  const added = ['Gates "wave-1" to "wave-2", before each wave', 'Gate "soak"', 'Put event logs back'];
  const { plan: _, preflight, 'preflight-again': again, undo, done, ...stages } = stageTitles;
  expect(titles.filter((title) => !added.includes(title))).toEqual(Object.values(stages));
  expect(titles.slice(5, 7)).toEqual([added[0], 'Restart services']);
  expect(titles.slice(-3)).toEqual(['Soak', ...added.slice(1)]);
});

describe('what is there already', () => {
  test('a dMSA is neither created nor removed', () => {
    expect(step('Create dMSA', {}, facts({ dmsa: goodDmsa() }))).toEqual(idle('Create dMSA'));
  });

  test('SPNs move one by one, and delegation of either kind moves', () => {
    const moved = (account: Partial<AccountFacts>) =>
      step('Complete', {}, facts({ account: goodAccount(account) })).changes.slice(1);
    const servicePrincipalNames = ['HTTP/web', 'HTTP/web:8443'];
    expect(moved({ servicePrincipalNames })).toEqual([
      'SPN HTTP/web moves to dmsa-web$',
      'SPN HTTP/web:8443 moves to dmsa-web$',
    ]);
    for (const delegation of [{ allowedToDelegateTo: ['HTTP/db'] }, { actOnBehalfOf: 'AQAEgA==' }])
      expect(moved(delegation)).toEqual(['delegation moves to dmsa-web$']);
    expect(step('Complete', {}, null).changes).toEqual(['svc-web is disabled, both go to state 2']);
  });

  test('a service that is stopped or that a cluster owns is not restarted, and its host not waited for', () => {
    const service = goodHost('').services[0]!;
    const [first, second, third] = plan.hosts.map(({ name }) => name) as [string, string, string];
    const hosts = [
      goodHost(first, { services: [{ ...service, state: 'Stopped' }] }),
      goodHost(second, {
        services: [
          { ...service, clusterResource: 'Web' },
          { ...service, name: 'Jobs' },
        ],
      }),
      goodHost(third, { services: [], pools: ['Shop', 'Admin'] }),
    ];
    expect(step('Restart services', {}, facts({ hosts })).changes).toEqual([
      'restart Jobs on web02.lab.example',
      'restart pool Shop, pool Admin on web03.lab.example',
    ]);
    expect(step('Principals verified', {}, facts({ hosts })).waitsFor).toBe('2 hosts to join');
    const alone = facts({ hosts: [hosts[0]!, hosts[1]!, goodHost(third, { services: [] })] });
    expect(step('Principals verified', {}, alone).waitsFor).toBe('web02.lab.example to join');
  });

  test('what the plan names is restarted where nobody knows what runs', () => {
    const hosts = [{ ...plan.hosts[0]!, pools: ['Shop'] }];
    for (const seen of [null, facts({ hosts: [] })])
      expect(step('Restart and verify', { hosts }, seen).changes).toEqual([
        'restart WebApp, pool Shop on web01.lab.example',
      ]);
  });
});

describe('the way there', () => {
  test('reboots hosts where the plan says so, which nothing undoes', () => {
    const rebooted = (reboot: Rollout['reboot']) =>
      step('Reboot hosts', { rollout: { ...plan.rollout, reboot } });
    expect(steps().map(({ title }) => title)).not.toContain('Reboot hosts');
    expect(rebooted('when-pending').changes).toEqual(['hosts that wait for a reboot are rebooted']);
    const changes = ['hosts that get the policy or wait for a reboot are rebooted'];
    expect(rebooted('after-policy')).toEqual(idle('Reboot hosts', { changes }));
  });

  test('names a single host, and leaves logs alone where the plan does', () => {
    const changes = { hosts: [plan.hosts[1]!], enableEventLog: false };
    expect(step('Prepare hosts', changes).changes).toEqual(['DelegatedMSAEnabled = 1 on web02.lab.example']);
  });

  test('lets the canary run in both restarts, and everything after it is later by so much', () => {
    const all = steps({ rollout: baked, gates: { ...plan.gates, soak: open } });
    const dates = all.map(({ title, waitsFor, until, atMost, gate }) => [
      title,
      waitsFor,
      until ?? atMost ?? gate?.expiresAt,
    ]);
    expect(dates.filter(([, , date]) => date !== undefined)).toEqual([
      ['Gate "start"', undefined, '2025-06-08T08:00:00.000Z'],
      ['Restart services', 'the canary to run well', '2025-06-01T10:00:00.000Z'],
      ['Principals verified', '3 hosts to join', '2025-06-01T10:15:00.000Z'],
      ['Observation', undefined, '2025-06-29T10:00:00.000Z'],
      ['Gate "complete"', undefined, '2025-07-06T10:00:00.000Z'],
      ['Restart and verify', 'the canary to run well', '2025-06-29T12:00:00.000Z'],
      ['Soak', undefined, '2025-06-30T12:00:00.000Z'],
      ['Gate "soak"', undefined, '2025-07-07T12:00:00.000Z'],
    ]);
  });

  test('a bake time of nothing is none', () => {
    expect(steps({ rollout: { ...plan.rollout, bake: '0s' } })).toEqual(steps());
  });
});

describe('gates', () => {
  test('say who votes, and when they expire if they open as early as they can', () => {
    const short = { ...strict, expiresAfter: '12h' };
    const gates = { start: strict, complete: short, soak: strict };
    const gate = (title: string) => step(title, { gates }).gate;
    expect(gate('Gate "start"')).toEqual({ ...strict, expiresAt: '2025-06-04T08:00:00.000Z' });
    expect(gate('Gate "complete"')).toEqual({ ...short, expiresAt: '2025-06-29T20:00:00.000Z' });
    expect(gate('Gate "soak"')).toEqual({ ...strict, expiresAt: '2025-07-03T08:00:00.000Z' });
  });

  test('of waves are one step, without a date where one opens after the other', () => {
    const gates = { ...plan.gates, wave: strict };
    const several = step('Gates "wave-1" to "wave-2", before each wave', { gates });
    expect(several.gate).toEqual({ ...strict, expiresAt: null });
    const one = step('Gate "wave-1"', { gates, hosts: [plan.hosts[0]!] });
    expect(one.gate).toEqual({ ...strict, expiresAt: '2025-06-04T08:00:00.000Z' });
  });
});

describe('event logs', () => {
  const restored = { restoreEventLog: true };

  test('are not put back where nobody asked for it, or none was enabled', () => {
    const titles = (changes: Changes) => steps(changes).map(({ title }) => title);
    expect(titles({})).not.toContain('Put event logs back');
    expect(titles({ ...restored, enableEventLog: false })).not.toContain('Put event logs back');
    expect(step('Put event logs back', restored, facts({}, { eventLogEnabled: true }))).toEqual(
      idle('Put event logs back'),
    );
  });

  test('are put back at the very end, where they were off', () => {
    expect(steps(restored).at(-1)).toEqual({
      title: 'Put event logs back',
      changes: ['the Kerberos operational log is disabled again on 3 hosts'],
      undo: [],
      until: null,
    });
    const { hosts } = facts({}, { eventLogEnabled: true });
    const one = facts({
      hosts: [...hosts.slice(0, 2), goodHost(hosts[2]!.name, { eventLogEnabled: false })],
    });
    expect(step('Put event logs back', restored, one).changes).toEqual([
      'the Kerberos operational log is disabled again on web03.lab.example',
    ]);
  });
});

test('after a yes at the gate "complete" dates count from there, and nothing before it comes again', () => {
  const left = stepsAfterGate('complete', samplePlan({ rollout: baked }), facts(), from).map(told);
  expect(left.map(({ title, until }) => [title, until])).toEqual([
    ['Complete', null],
    ['Restart and verify', '2025-06-01T10:00:00.000Z'],
    ['Soak', '2025-06-02T10:00:00.000Z'],
  ]);
  expect(stepsAfterGate('start', plan, facts(), from).map(told)).toEqual(steps().slice(1));
});

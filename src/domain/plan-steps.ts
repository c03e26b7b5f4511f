import { durationMs } from './duration.ts';
import type { Facts } from './facts.ts';
import { type Plan, type PlanHost, targetOf } from './plan.ts';

/** What one step of a plan will do, in words, and what takes it back. */
export interface PlanStep {
  title: string;
  /** What is changed, one sentence each; empty for a step that only reads or waits. */
  changes: string[];
  /** What undoes it; empty where nothing has to. */
  undo: string[];
  /** ISO 8601: until when it waits at the least, where gates are passed at once; null where it does not wait. */
  until: string | null;
}

/**
 * The steps of a plan in their order. `facts`: what is there now, where it is known; `from`: ISO 8601, when it is started.
 * The state moves and what Complete does are those of [overview].
 */
export function planSteps(plan: Plan, facts: Facts | null, from: string): PlanStep[] {
  const { account, dmsa } = targetOf(plan);
  const name = `${dmsa.name}$`;
  const observed = later(from, plan.waits.observe);
  const restarts = plan.hosts.filter(worksOn);
  const services = restarts.map((host) => `restart ${workOf(host)} on ${host.name}`);
  const rebooted = plan.rollout.reboot;
  const spns = facts?.account?.servicePrincipalNames ?? [];
  return [
    {
      title: 'Prepare hosts',
      changes: [
        `DelegatedMSAEnabled = 1 on ${counted(plan.hosts)}`,
        ...(plan.enableEventLog ? ['the Kerberos operational log is enabled there'] : []),
      ],
      undo: ['value, key and log as they were before'],
      until: null,
    },
    ...(rebooted
      ? [{ title: 'Reboot hosts', changes: [rebootText(rebooted)], undo: [], until: null } satisfies PlanStep]
      : []),
    {
      title: 'Create dMSA',
      changes: facts?.dmsa ? [] : [`${dmsa.dn} is created`],
      undo: facts?.dmsa ? [] : [`${name} is removed, which this migration has created`],
      until: null,
    },
    {
      title: 'Link',
      changes: [`${account.samAccountName} and ${name} go to state 1 and point at each other`],
      undo: ['Undo: both in state 0 and unlinked, without the principals that have joined since'],
      until: null,
    },
    {
      title: 'Restart services',
      changes: services,
      undo: services.length > 0 ? ['the same services are restarted once more, when nothing is linked'] : [],
      until: null,
    },
    { title: 'Observation', changes: [], undo: [], until: observed },
    {
      title: 'Complete',
      changes: [
        `${account.samAccountName} is disabled, both go to state 2`,
        ...spns.map((spn) => `SPN ${spn} moves to ${name}`),
        ...(delegates(facts) ? [`delegation moves to ${name}`] : []),
      ],
      undo: [
        `Undo: ${account.samAccountName} is enabled again, SPNs and delegation are back, both in state 1`,
      ],
      until: null,
    },
    {
      title: 'Restart and verify',
      changes: services,
      undo: [],
      until: null,
    },
    { title: 'Soak', changes: [], undo: [], until: later(observed, plan.waits.soak) },
  ];
}

function worksOn({ services, pools = [] }: PlanHost): boolean {
  return services.length + pools.length > 0;
}

function workOf({ services, pools = [] }: PlanHost): string {
  return [...services, ...pools.map((pool) => `pool ${pool}`)].join(', ');
}

function counted(hosts: PlanHost[]): string {
  return hosts.length === 1 ? hosts[0]!.name : `${hosts.length} hosts`;
}

function rebootText(reboot: NonNullable<Plan['rollout']['reboot']>): string {
  return reboot === 'when-pending'
    ? 'hosts that wait for a reboot are rebooted'
    : 'hosts that get the policy or wait for a reboot are rebooted';
}

function delegates(facts: Facts | null): boolean {
  const account = facts?.account;
  return account ? account.allowedToDelegateTo.length > 0 || account.actOnBehalfOf !== null : false;
}

function later(from: string, duration: string): string {
  return new Date(Date.parse(from) + durationMs(duration)).toISOString();
}

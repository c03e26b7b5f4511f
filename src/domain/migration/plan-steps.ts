import type { Facts } from '../facts/facts.ts';
import type { Plan } from '../plan/plan.ts';
import { counted, gateStep, idleStep, later, type PlanStep } from './plan-step.ts';
import { joining, restartsOf, waveGates } from './restart-steps.ts';
import { stageTitles } from './stages.ts';

export type { PlanStep } from './plan-step.ts';

/**
 * The steps of a plan in their order. `facts`: what is there now, where it is known; `from`: ISO 8601, when it is started.
 * Dates leave out the time that votes, restarts and closed windows take. The state moves and what Complete does are those
 * of [overview].
 */
export function planSteps(plan: Plan, facts: Facts | null, from: string): PlanStep[] {
  const gate = gateStep(stageTitles['gate-start'], plan.gates.start, from);
  return [gate, ...stepsAfterGate('start', plan, facts, from)];
}

/** What a yes at this gate lets happen, further gates among it. `from`: ISO 8601, when the gate is passed. */
export function stepsAfterGate(
  gate: 'start' | 'complete',
  plan: Plan,
  facts: Facts | null,
  from: string,
): PlanStep[] {
  if (gate === 'complete') return afterComplete(plan, facts, from);
  const restarts = restartsOf(plan, facts, from);
  const observed = later(restarts.doneAt, plan.waits.observe);
  return [
    prepareHosts(plan),
    ...rebootHosts(plan),
    createDmsa(plan, facts),
    link(plan),
    ...waveGates(plan, restarts, from),
    { title: stageTitles['restart-services'], ...restarts.step },
    joining(plan, restarts),
    idleStep(stageTitles.observe, { until: observed }),
    gateStep(stageTitles['gate-complete'], plan.gates.complete, observed),
    ...afterComplete(plan, facts, observed),
  ];
}

function afterComplete(plan: Plan, facts: Facts | null, from: string): PlanStep[] {
  const restarts = restartsOf(plan, facts, from);
  const soaked = later(restarts.doneAt, plan.waits.soak);
  const { soak } = plan.gates;
  return [
    complete(plan, facts),
    { title: stageTitles['restart-and-verify'], ...restarts.step },
    idleStep(stageTitles.soak, { until: soaked }),
    ...(soak ? [gateStep('Gate "soak"', soak, soaked)] : []),
    ...(plan.enableEventLog && plan.restoreEventLog ? [putLogsBack(plan, facts)] : []),
  ];
}

function prepareHosts({ hosts, enableEventLog }: Plan): PlanStep {
  return {
    title: stageTitles['prepare-hosts'],
    changes: [
      `DelegatedMSAEnabled = 1 on ${counted(hosts)}`,
      ...(enableEventLog ? ['the Kerberos operational log is enabled there'] : []),
    ],
    undo: ['value, key and log as they were before'],
    until: null,
  };
}

function rebootHosts({ rollout }: Plan): PlanStep[] {
  const changes = {
    'when-pending': 'hosts that wait for a reboot are rebooted',
    'after-policy': 'hosts that get the policy or wait for a reboot are rebooted',
  };
  if (!rollout.reboot) return [];
  return [{ title: stageTitles['reboot-hosts'], changes: [changes[rollout.reboot]], undo: [], until: null }];
}

function createDmsa({ dmsa }: Plan, facts: Facts | null): PlanStep {
  return {
    title: stageTitles['create-dmsa'],
    changes: facts?.dmsa ? [] : [`${dmsa.dn} is created`],
    undo: facts?.dmsa ? [] : [`${dmsa.name}$ is removed, which this migration has created`],
    until: null,
  };
}

function link({ account, dmsa }: Plan): PlanStep {
  return {
    title: stageTitles.link,
    changes: [`${account.samAccountName} and ${dmsa.name}$ go to state 1 and point at each other`],
    undo: ['Undo: both in state 0 and unlinked, without the principals that have joined since'],
    until: null,
  };
}

function complete({ account, dmsa }: Plan, facts: Facts | null): PlanStep {
  const name = `${dmsa.name}$`;
  const spns = facts?.account?.servicePrincipalNames ?? [];
  return {
    title: stageTitles.complete,
    changes: [
      `${account.samAccountName} is disabled, both go to state 2`,
      ...spns.map((spn) => `SPN ${spn} moves to ${name}`),
      ...(delegates(facts) ? [`delegation moves to ${name}`] : []),
    ],
    undo: [`Undo: ${account.samAccountName} is enabled again, SPNs and delegation are back, both in state 1`],
    until: null,
  };
}

/** An undo puts them back without it. */
function putLogsBack({ hosts }: Plan, facts: Facts | null): PlanStep {
  const wereOn = new Set(facts?.hosts.filter((host) => host.eventLogEnabled).map(({ name }) => name));
  const enabled = hosts.filter(({ name }) => !wereOn.has(name));
  const change = `the Kerberos operational log is disabled again on ${counted(enabled)}`;
  return {
    title: 'Put event logs back',
    changes: enabled.length > 0 ? [change] : [],
    undo: [],
    until: null,
  };
}

function delegates(facts: Facts | null): boolean {
  const account = facts?.account;
  return account ? account.allowedToDelegateTo.length > 0 || account.actOnBehalfOf !== null : false;
}

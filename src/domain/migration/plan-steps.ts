import type { Facts } from '../facts/facts.ts';
import { dmsaSamAccountName, type Plan } from '../plan/plan.ts';
import { gateStep, hostNames, later, type PlanStep } from './plan-step.ts';
import { joining, restartsOf, waveGates } from './restart-steps.ts';

/**
 * The steps of a plan in their order. `facts`: what is there now, where it is known; `from`: ISO 8601, when it is started.
 * Dates leave out the time that votes, restarts and closed windows take. The state moves and what Complete does are those
 * of [overview].
 */
export function planSteps(plan: Plan, facts: Facts | null, from: string): PlanStep[] {
  return [gateStep('start', plan.gates.start, from), ...stepsAfterGate('start', plan, facts, from)];
}

/** Steps that an approval at this gate allows, further gates among them. `from`: ISO 8601, when the gate is passed. */
export function stepsAfterGate(
  gate: 'start' | 'complete',
  plan: Plan,
  facts: Facts | null,
  from: string,
): PlanStep[] {
  if (gate === 'complete') return afterComplete(plan, facts, from);
  const { rollout, dmsa, hosts, enableEventLog } = plan;
  const names = namesOf(plan);
  const restarts = restartsOf(plan, facts, from);
  const observed = later(restarts.doneAt, plan.waits.observe);
  return [
    { step: 'prepare-hosts', hosts: hostNames(hosts), enablesEventLog: enableEventLog },
    ...(rollout.reboot ? [{ step: 'reboot-hosts', which: rollout.reboot } as const] : []),
    { step: 'create-dmsa', dmsa: names.dmsa, dn: dmsa.dn, exists: Boolean(facts?.dmsa) },
    { step: 'link', ...names },
    ...waveGates(plan, restarts, from),
    { step: 'restart-services', ...restarts.step },
    joining(plan, restarts),
    { step: 'observe', until: observed },
    gateStep('complete', plan.gates.complete, observed),
    ...afterComplete(plan, facts, observed),
  ];
}

function afterComplete(plan: Plan, facts: Facts | null, from: string): PlanStep[] {
  const restarts = restartsOf(plan, facts, from);
  const soaked = later(restarts.doneAt, plan.waits.soak);
  const { soak } = plan.gates;
  const spns = facts?.account?.servicePrincipalNames ?? [];
  return [
    { step: 'complete', ...namesOf(plan), spns, delegates: delegates(facts) },
    { step: 'restart-and-verify', ...restarts.step },
    { step: 'soak', until: soaked },
    ...(soak ? [gateStep('soak', soak, soaked)] : []),
    ...(plan.enableEventLog && plan.restoreEventLog ? [restoringLogs(plan, facts)] : []),
  ];
}

/** An undo puts them back without it. */
function restoringLogs({ hosts }: Plan, facts: Facts | null): PlanStep {
  const wereOn = new Set(facts?.hosts.filter((host) => host.eventLogEnabled).map(({ name }) => name));
  return { step: 'restore-event-logs', hosts: hostNames(hosts).filter((name) => !wereOn.has(name)) };
}

function namesOf({ account, dmsa }: Plan): { account: string; dmsa: string } {
  return { account: account.samAccountName, dmsa: dmsaSamAccountName(dmsa) };
}

function delegates(facts: Facts | null): boolean {
  const account = facts?.account;
  return account ? account.allowedToDelegateTo.length > 0 || account.actOnBehalfOf !== null : false;
}

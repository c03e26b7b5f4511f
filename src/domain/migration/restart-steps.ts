import type { Facts } from '../facts/facts.ts';
import type { Plan, PlanHost } from '../plan/plan.ts';
import { waves } from '../plan/rollout.ts';
import { durationMs } from '../values/duration.ts';
import { counted, gateStep, idleStep, later, type PlanStep } from './plan-step.ts';
import { stageTitles } from './stages.ts';

/** A restart of all that logs on as the account: the same before Complete and after it. */
export interface Restarts {
  /** Those that are restarted. */
  hosts: PlanHost[];
  step: Omit<PlanStep, 'title'>;
  /** ISO 8601: when it is over at the earliest. */
  doneAt: string;
}

/** `facts`: what runs now, where it is known; `from`: ISO 8601. */
export function restartsOf(plan: Plan, facts: Facts | null, from: string): Restarts {
  const hosts = restartable(plan.hosts, facts);
  const { bake } = plan.rollout;
  const until = bake && durationMs(bake) > 0 && hosts.length > 0 ? later(from, bake) : null;
  const step = {
    changes: hosts.map((host) => `restart ${workOf(host)} on ${host.name}`),
    undo: hosts.length > 0 ? ['the same services are restarted once more, when nothing is linked'] : [],
    ...(until !== null && { waitsFor: 'the canary to run well' }),
    until,
  };
  return { hosts, step, doneAt: until ?? from };
}

/** Every host that is restarted has to be among the principals soon after. */
export function joining({ waits }: Plan, { hosts, doneAt }: Restarts): PlanStep {
  const title = stageTitles['verify-principals'];
  if (hosts.length === 0) return idleStep(title);
  return idleStep(title, { waitsFor: `${counted(hosts)} to join`, atMost: later(doneAt, waits.join) });
}

/** One step for all: a plan may have hundreds of waves. `from`: ISO 8601, when the first one opens. */
export function waveGates({ gates, rollout }: Plan, { hosts }: Restarts, from: string): PlanStep[] {
  const count = waves({ hosts, rollout }).length;
  if (!gates.wave || count === 0) return [];
  if (count === 1) return [gateStep('Gate "wave-1"', gates.wave, from)];
  return [gateStep(`Gates "wave-1" to "wave-${count}", before each wave`, gates.wave, null)];
}

/**
 * Hosts with a service or a pool of the account that runs, and what of it is restarted: a stopped service stays stopped, and
 * joins at its next start; what a cluster owns is left to the cluster. Where nothing is known, all that the plan names.
 */
export function restartable(hosts: PlanHost[], facts: Pick<Facts, 'hosts'> | null): PlanHost[] {
  return hosts.map((host) => running(host, facts)).filter(worksOn);
}

function running(host: PlanHost, facts: Pick<Facts, 'hosts'> | null): PlanHost {
  const seen = facts?.hosts.find(({ name }) => name === host.name);
  if (!seen) return host;
  const { pools: _, ...rest } = host;
  const services = seen.services.filter(
    ({ state, clusterResource }) => state === 'Running' && clusterResource === undefined,
  );
  return { ...rest, services: services.map(({ name }) => name), ...(seen.pools && { pools: seen.pools }) };
}

function worksOn({ services, pools = [] }: PlanHost): boolean {
  return services.length + pools.length > 0;
}

function workOf({ services, pools = [] }: PlanHost): string {
  return [...services, ...pools.map((pool) => `pool ${pool}`)].join(', ');
}

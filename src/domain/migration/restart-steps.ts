import type { Facts } from '../facts/facts.ts';
import type { Plan, PlanHost } from '../plan/plan.ts';
import { waves } from '../plan/rollout.ts';
import { durationMs } from '../values/duration.ts';
import { gateStep, hostNames, later, type PlanStep, type RestartStep } from './plan-step.ts';

/** Restart of everything that logs on as the account: the same before Complete and after it. */
export interface Restarts {
  /** Hosts that are restarted. */
  hosts: PlanHost[];
  step: Pick<RestartStep, 'hosts' | 'bakesUntil'>;
  /** ISO 8601: when it is over at the earliest. */
  doneAt: string;
}

/** `facts`: what runs now, where it is known; `from`: ISO 8601. */
export function restartsOf(plan: Plan, facts: Facts | null, from: string): Restarts {
  const hosts = restartable(plan.hosts, facts);
  const { bake } = plan.rollout;
  const bakesUntil = bake && durationMs(bake) > 0 && hosts.length > 0 ? later(from, bake) : null;
  const work = hosts.map(({ name, services, pools = [] }) => ({ name, services, pools }));
  return { hosts, step: { hosts: work, bakesUntil }, doneAt: bakesUntil ?? from };
}

/** Every host that is restarted has to be among the principals soon after. */
export function joining({ waits }: Plan, { hosts, doneAt }: Restarts): PlanStep {
  const joinBy = hosts.length === 0 ? null : later(doneAt, waits.join);
  return { step: 'verify-principals', hosts: hostNames(hosts), joinBy };
}

/** One step for all: a plan may have hundreds of waves. `from`: ISO 8601, when the first one opens. */
export function waveGates({ gates, rollout }: Plan, { hosts }: Restarts, from: string): PlanStep[] {
  const count = waves({ hosts, rollout }).length;
  if (!gates.wave || count === 0) return [];
  return [
    count === 1 ? gateStep('wave-1', gates.wave, from) : { step: 'wave-gates', count, asks: gates.wave },
  ];
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
    ({ state, clusterResource }) => state === 'Running' && clusterResource === null,
  );
  return {
    ...rest,
    services: services.map(({ name }) => name),
    ...(seen.pools.length > 0 && { pools: seen.pools }),
  };
}

function worksOn({ services, pools = [] }: PlanHost): boolean {
  return services.length + pools.length > 0;
}

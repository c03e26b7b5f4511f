import type { HealthCheck, Plan, PlanHost, Target } from '../../src/domain/plan/plan.ts';
import { targetOf } from '../../src/domain/plan/plan.ts';
import { canonicalJson } from '../../src/domain/values/canonical.ts';
import { missing } from './require-approval.ts';

/**
 * What is changed is what the plan says that was approved, and no other thing: whoever can write to Temporal's namespace
 * can hand good votes over together with something else. Null is the plan of a migration that asks for no signature.
 * Throws APPROVAL_MISSING.
 */
export function requireTarget(plan: Plan | null, target: Target): void {
  // Which DC is kept for the migration is no part of what is changed.
  if (plan && canonicalJson(target) !== canonicalJson(targetOf(plan, target.domain.server)))
    throw missing(plan.account.dn, 'the votes are for another plan');
}

export interface HostWork {
  host: string;
  services?: string[];
  pools?: string[];
  checks?: HealthCheck[];
}

/** Of each host: services and pools that the plan names there, and its checks as they are. */
export function requireHosts(plan: Plan | null, work: HostWork[]): void {
  if (!plan) return;
  const hosts = new Map(plan.hosts.map((host) => [host.name, host]));
  for (const each of work) {
    const host = hosts.get(each.host);
    const other = host ? differing(host, each) : 'it is no host of the plan';
    if (other !== null) throw missing(each.host, `the votes do not allow this: ${other}`);
  }
}

function differing(host: PlanHost, { services = [], pools = [], checks = [] }: HostWork): string | null {
  const stranger = (given: string[], planned: string[]) => {
    const known = planned.map((name) => name.toLowerCase());
    return given.find((name) => !known.includes(name.toLowerCase()));
  };
  const service = stranger(services, host.services);
  if (service !== undefined) return `the plan names no service ${service} there`;
  const pool = stranger(pools, host.pools ?? []);
  if (pool !== undefined) return `the plan names no application pool ${pool} there`;
  const planned = (host.checks ?? []).map(canonicalJson);
  return checks.every((check) => planned.includes(canonicalJson(check)))
    ? null
    : 'it brings a check that the plan has not';
}

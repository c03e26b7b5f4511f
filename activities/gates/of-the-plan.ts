import {
  type HealthCheck,
  type Plan,
  type PlanHost,
  type Target,
  targetOf,
} from '../../src/domain/plan/plan.ts';
import { canonicalJson } from '../../src/domain/values/canonical.ts';
import { missing } from './require-approval.ts';

/**
 * Refuses to change anything but the target of the approved plan: who can write to Temporal's namespace can combine good
 * votes with another target. `plan` is null for a migration without signed votes. Throws APPROVAL_MISSING.
 */
export function requireTarget(plan: Plan | null, target: Target): void {
  // The DC in use is no part of the change.
  if (plan && canonicalJson(target) !== canonicalJson(targetOf(plan, target.domain.server)))
    throw missing(plan.account.dn, 'the votes are for another plan');
}

export interface HostWork {
  host: string;
  services?: string[];
  pools?: string[];
  checks?: HealthCheck[];
}

/** Refuses hosts, services, pools and checks that the approved plan does not have. Throws APPROVAL_MISSING. */
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

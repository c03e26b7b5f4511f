import { firstCapableBuild } from './domain-facts.ts';
import type { HostFacts } from './facts.ts';
import { type Finding, finding } from './findings.ts';
import type { Plan } from './plan.ts';

/** What one host has to say about its part of the plan. */
export function assessHost(host: HostFacts, plan: Pick<Plan, 'hosts'>): Finding[] {
  if (host.unreachable) return [finding('HOST_UNREACHABLE', host.name, host.unreachable)];
  const findings: Finding[] = [];
  const found = (code: Finding['code'], evidence: string) =>
    findings.push(finding(code, host.name, evidence));
  if ((host.build ?? 0) < firstCapableBuild) found('HOST_TOO_OLD', `build ${host.build}`);
  if (host.isDomainController) found('HOST_IS_DC', 'its domain role is that of a domain controller');
  if (host.rebootPending) found('HOST_REBOOT_PENDING', 'Windows says that a reboot is pending');
  if (host.services.length === 0) found('HOST_HAS_NO_SERVICE', 'no StartName is the account');
  const present = new Map(host.services.map((service) => [service.name.toLowerCase(), service]));
  for (const name of plan.hosts.find((each) => each.name === host.name)?.services ?? []) {
    if (!present.has(name.toLowerCase())) found('SERVICE_MISSING', name);
  }
  for (const service of host.services) {
    if (service.state !== 'Running') found('SERVICE_NOT_RUNNING', `${service.name} is ${service.state}`);
  }
  return findings;
}

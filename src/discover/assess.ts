import { firstCapableBuild } from '../domain/domain-facts.ts';
import { type Finding, type FindingCode, finding } from '../domain/findings.ts';
import type { HostSystem } from './host.ts';
import type { Uses } from './uses.ts';

/** From five minutes on Kerberos refuses (MS-KILE 3.3.1, the default of the maximum clock skew). */
const mostSkewMs = 5 * 60_000;

/**
 * What stands in the way of a migration on one host, as preflight will say it; `domain` is the DNS name of the account's.
 */
export function assessUses(
  host: { name: string; error: string } | { name: string; system: HostSystem; uses: Uses },
  domain: string,
): Finding[] {
  if ('error' in host) return [finding('HOST_UNREACHABLE', host.name, host.error)];
  const findings: Finding[] = [];
  const found = (code: FindingCode, evidence: string) => findings.push(finding(code, host.name, evidence));
  assessSystem(host.system, domain, found);
  assessEach(host, found);
  return findings;
}

type Found = (code: FindingCode, evidence: string) => void;

function assessSystem(system: HostSystem, domain: string, found: Found): void {
  const { build, clockAheadMs, policyFrom, unread } = system;
  if (build < firstCapableBuild) found('HOST_TOO_OLD', `build ${build}`);
  if (system.isDomainController) found('HOST_IS_DC', 'its domain role is that of a domain controller');
  if (system.rebootPending) found('HOST_REBOOT_PENDING', 'Windows says that a reboot is pending');
  if (Math.abs(clockAheadMs) >= mostSkewMs) {
    const seconds = Math.round(Math.abs(clockAheadMs) / 1000);
    found('HOST_CLOCK_SKEWED', `${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} the asking machine`);
  }
  if (system.domain?.toLowerCase() !== domain.toLowerCase()) {
    found(
      'HOST_IN_OTHER_DOMAIN',
      system.domain === null ? 'it is in a workgroup' : `it is in ${system.domain}`,
    );
  }
  if (policyFrom?.value === 1) found('POLICY_BY_GROUP_POLICY', policyFrom.gpo);
  else if (policyFrom) found('POLICY_FROM_GROUP_POLICY', `${policyFrom.gpo} delivers ${policyFrom.value}`);
  for (const { part, why } of unread) found('HOST_NOT_READ_WHOLLY', `${part}: ${why}`);
}

function assessEach({ system, uses }: { system: HostSystem; uses: Uses }, found: Found): void {
  const { services, tasks, comApplications, sessions } = uses;
  if (services.length > 0 && system.logonRight === 'no') {
    found('LOGON_RIGHT_MISSING', 'it is not named itself; a group may give it the right');
  }
  for (const { name, state, clusterResource } of services) {
    if (clusterResource !== null) found('SERVICE_CLUSTERED', `${name}: resource ${clusterResource}`);
    else if (state !== 'Running') found('SERVICE_NOT_RUNNING', `${name} is ${state}`);
  }
  const later = [
    ...tasks.map(({ path }) => `task ${path}`),
    ...comApplications.map(({ name }) => `COM+ ${name}`),
  ];
  if (later.length > 0) found('JOINS_AT_NEXT_LOGON', later.join(', '));
  const processes = [...new Set(sessions.flatMap((session) => session.processes))];
  if (processes.length > 0) found('ACCOUNT_LOGGED_ON', processes.join(', '));
}

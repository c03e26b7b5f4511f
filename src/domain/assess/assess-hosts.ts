import { firstCapableBuild } from '../facts/domain-facts.ts';
import type { HostFacts, HostSurroundings } from '../facts/host-facts.ts';
import { type Finding, type FindingCode, finding } from '../findings/findings.ts';

/** From five minutes on Kerberos refuses (MS-KILE 3.3.1, the default of the maximum clock skew). */
const mostSkewMs = 5 * 60_000;

/** Context in which a host's facts are looked at. */
export interface HostContext {
  /** Services of the plan on the host. */
  services: string[];
  /** The services and pools that may be restarted; absent where that is whatever is there. */
  allowed?: string[];
  /** DNS name of the account's domain. */
  domain: string;
  /** Absent or null where the host was not asked this time. */
  surroundings?: HostSurroundings | null;
  /** ISO 8601: when this migration set the policy value, of a host that has not joined since. */
  policySetAt?: string;
}

type AddFinding = (code: FindingCode, evidence: string) => void;

/** Errors with a finding of the same code: its fix differs from that of a host that does not answer. */
const ownFinding = ['HOST_KEY_MISMATCH', 'HOST_KEY_UNKNOWN', 'LOGIN_REFUSED'] as const;

/** Finding about a host that could not be asked. */
function unansweredFinding(host: string, { code, message }: NonNullable<HostFacts['unreachable']>): Finding {
  const own = ownFinding.find((each) => each === code);
  return own ? finding(own, host, message) : finding('HOST_UNREACHABLE', host, `${code}: ${message}`);
}

/** Finds what stands against one host's part of the plan. */
export function assessHost(host: HostFacts, asked: HostContext): Finding[] {
  if (host.unreachable) return [unansweredFinding(host.name, host.unreachable)];
  const findings: Finding[] = [];
  const found: AddFinding = (code, evidence) => findings.push(finding(code, host.name, evidence));
  const { surroundings } = asked;
  assessSystem(host, found);
  if (surroundings) assessSurroundings(surroundings, asked, found);
  assessServices(host, asked, found);
  if (surroundings) assessOthers(surroundings, found);
  return findings;
}

function assessSystem(
  { build, isDomainController, rebootPending, policyFrom }: HostFacts,
  found: AddFinding,
) {
  if ((build ?? 0) < firstCapableBuild) found('HOST_TOO_OLD', `build ${build}`);
  if (isDomainController) found('HOST_IS_DC', 'its domain role is that of a domain controller');
  if (rebootPending) found('HOST_REBOOT_PENDING', 'Windows says that a reboot is pending');
  if (policyFrom?.value === 1) found('POLICY_BY_GROUP_POLICY', policyFrom.gpo);
  else if (policyFrom)
    found('POLICY_FROM_GROUP_POLICY', `${policyFrom.gpo} delivers ${policyFrom.value ?? 'no value'}`);
}

function assessSurroundings(
  { clockAheadMs, bootTime, domain, unread }: HostSurroundings,
  asked: HostContext,
  found: AddFinding,
) {
  if (clockAheadMs !== null && Math.abs(clockAheadMs) >= mostSkewMs) {
    const seconds = Math.round(Math.abs(clockAheadMs) / 1000);
    found(
      'HOST_CLOCK_SKEWED',
      `${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} the domain controller`,
    );
  }
  if (domain?.toLowerCase() !== asked.domain.toLowerCase()) {
    found('HOST_IN_OTHER_DOMAIN', domain === null ? 'it is in a workgroup' : `it is in ${domain}`);
  }
  for (const part of unread) found('HOST_NOT_READ_WHOLLY', part);
  const { policySetAt } = asked;
  const bootedAt = Date.parse(bootTime) - (clockAheadMs ?? 0);
  if (policySetAt && bootedAt < Date.parse(policySetAt)) {
    found('HOST_NOT_REBOOTED', `it booted at ${bootTime}, its policy value was set at ${policySetAt}`);
  }
}

function assessServices(
  host: HostFacts,
  { services: planned, allowed, surroundings }: HostContext,
  found: AddFinding,
) {
  const { services, pools, logonRight } = host;
  const joinsLater = surroundings?.joinsLater ?? [];
  if (services.length + pools.length + joinsLater.length === 0) {
    found('HOST_HAS_NO_SERVICE', 'no StartName is the account');
  }
  const present = new Set(services.map(({ name }) => name.toLowerCase()));
  for (const name of planned) if (!present.has(name.toLowerCase())) found('SERVICE_MISSING', name);
  const known = allowed?.map((name) => name.toLowerCase());
  for (const name of [...services.map((service) => service.name), ...pools])
    if (known && !known.includes(name.toLowerCase())) found('SERVICE_UNPLANNED', name);
  if (services.length > 0 && logonRight === 'no') {
    found('LOGON_RIGHT_MISSING', 'it is not named itself; a group may give it the right');
  }
  for (const { name, state, clusterResource } of services) {
    if (clusterResource) found('SERVICE_CLUSTERED', `${name}: resource ${clusterResource}`);
    else if (state !== 'Running') found('SERVICE_NOT_RUNNING', `${name} is ${state}`);
  }
}

function assessOthers({ joinsLater, otherProcesses }: HostSurroundings, found: AddFinding) {
  if (joinsLater.length > 0) found('JOINS_AT_NEXT_LOGON', joinsLater.join(', '));
  if (otherProcesses.length > 0) found('ACCOUNT_LOGGED_ON', otherProcesses.join(', '));
}

/** Findings that are known only while a host is being asked: taken over with its facts where it is not asked again. */
export const saidBesides: readonly FindingCode[] = [
  'HOST_CLOCK_SKEWED',
  'HOST_IN_OTHER_DOMAIN',
  'HOST_NOT_READ_WHOLLY',
  'HOST_NOT_REBOOTED',
  'JOINS_AT_NEXT_LOGON',
  'ACCOUNT_LOGGED_ON',
];

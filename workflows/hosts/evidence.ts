import { hostsLetIn } from '../../src/domain/assess/assess-principals.ts';
import { firstCapableBuild } from '../../src/domain/facts/domain-facts.ts';
import type { DmsaFacts } from '../../src/domain/facts/facts.ts';
import { type HostEvidence, see, unlessSeen } from '../../src/domain/facts/host-evidence.ts';
import type { HostFacts } from '../../src/domain/facts/host-facts.ts';
import type { Verdict } from '../../src/domain/facts/verdict.ts';
import { evidenceOf, type Migration, now } from '../state.ts';

/**
 * Records what hosts themselves say, read at `at` (ISO 8601). A host that could not be asked keeps its earlier verdicts.
 * `kept` verdicts compare with the first look, from the first change on.
 */
export function seeHosts(m: Migration, hosts: HostFacts[], at: string): void {
  const { before, journal } = m.state.status;
  for (const host of hosts) {
    if (host.unreachable !== null) continue;
    const first = before?.hosts.find(({ name }) => name === host.name);
    see(evidenceOf(m, host.name), at, 'host', {
      policy: host.policy ? yesNo(host.policy.value === 1) : undefined,
      build: host.build === null ? undefined : yesNo(host.build >= firstCapableBuild),
      logOn: host.eventLogEnabled === null ? undefined : yesNo(host.eventLogEnabled),
      startNameKept: first && journal.length > 0 ? startNamesKept(first, host) : undefined,
      logonRightKept: first && journal.length > 0 ? rightKept(first, host) : undefined,
    });
  }
}

/** Records which computer accounts may fetch the password, by LDAP. The dMSA has to be linked. */
export function seePrincipals(m: Migration, dmsa: DmsaFacts | null, at: string): void {
  if (!dmsa) return;
  const letIn = hostsLetIn(dmsa);
  for (const { name, computerSid } of m.plan.hosts) {
    see(evidenceOf(m, name), at, 'directory', { principal: yesNo(letIn.has(computerSid)) });
  }
}

/** Records events, which stay seen. A missing fetch of keys counts only after completion. */
export function seeEvents(
  m: Migration,
  host: string,
  { discovered, joined, keysFetched }: Partial<Pick<HostEvidence, 'discovered' | 'joined' | 'keysFetched'>>,
  at: string = now(),
): void {
  const evidence = evidenceOf(m, host);
  const found = unlessSeen(evidence, { discovered, joined });
  const keys = m.state.completedAt === null ? {} : { keysFetched };
  see(evidence, at, 'kerberos-log', { ...found, ...keys });
}

/** Compares which services log on as the account. */
function startNamesKept(first: HostFacts, host: HostFacts): Verdict {
  const names = new Set(host.services.map((service) => service.name.toLowerCase()));
  return yesNo(first.services.every((service) => names.has(service.name.toLowerCase())));
}

/** Compares the logon right by the account's own SID; unknown if it came by a group from the beginning. */
function rightKept(first: HostFacts, host: HostFacts): Verdict {
  return first.logonRight === 'yes' ? host.logonRight : 'unknown';
}

function yesNo(is: boolean): Verdict {
  return is ? 'yes' : 'no';
}

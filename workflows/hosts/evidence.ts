import { hostsLetIn } from '../../src/domain/assess/assess-principals.ts';
import { firstCapableBuild } from '../../src/domain/facts/domain-facts.ts';
import type { DmsaFacts } from '../../src/domain/facts/facts.ts';
import { type HostEvidence, see, unlessSeen } from '../../src/domain/facts/host-evidence.ts';
import type { HostFacts } from '../../src/domain/facts/host-facts.ts';
import type { Verdict } from '../../src/domain/facts/verdict.ts';
import { evidenceOf, type Migration, now } from '../state.ts';

/**
 * What hosts themselves say, read at `at` (ISO 8601). A host that could not be asked says nothing: what was read of it
 * before keeps its time. `kept` verdicts compare with what the first look saw; before a first change there is nothing
 * that could have been lost.
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

/** Whose computer account may fetch the password, by LDAP; of a dMSA that is not linked yet it means nothing. */
export function seePrincipals(m: Migration, dmsa: DmsaFacts | null, at: string): void {
  if (!dmsa) return;
  const letIn = hostsLetIn(dmsa);
  for (const { name, computerSid } of m.plan.hosts) {
    see(evidenceOf(m, name), at, 'directory', { principal: yesNo(letIn.has(computerSid)) });
  }
}

/** Events stay seen once they were; that no keys were fetched means something only after completion. */
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

/** Each service that logged on as the account still does. */
function startNamesKept(first: HostFacts, host: HostFacts): Verdict {
  const names = new Set(host.services.map((service) => service.name.toLowerCase()));
  return yesNo(first.services.every((service) => names.has(service.name.toLowerCase())));
}

/** The right may have come by a group from the beginning: then nobody can tell by the account's own SID. */
function rightKept(first: HostFacts, host: HostFacts): Verdict {
  return first.logonRight === 'yes' ? host.logonRight : 'unknown';
}

function yesNo(is: boolean): Verdict {
  return is ? 'yes' : 'no';
}

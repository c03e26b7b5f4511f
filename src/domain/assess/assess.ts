import { withoutWords } from '../facts/compare.ts';
import type { Evidence } from '../facts/evidence.ts';
import { type Finding, finding } from '../findings/findings.ts';
import { assessAccount } from './assess-account.ts';
import { assessDmsa } from './assess-dmsa.ts';
import { assessDomain } from './assess-domain.ts';
import { assessHost, saidBesides } from './assess-hosts.ts';
import { assessLinks } from './assess-link.ts';
import { assessPrincipals } from './assess-principals.ts';
import { assessReplicas } from './assess-replicas.ts';
import type { Assessed } from './assessed.ts';

/** Everything that facts have to say about a plan, blocking findings first. Pure: the same facts, the same findings. */
export function assess(input: Assessed): Finding[] {
  const { facts, plan, domain, expect, now } = input;
  const findings = [
    ...assessDomain(domain, { now, expect, waitForKds: plan.waitForKds }),
    ...assessReplicas(domain.replicas ?? []),
    ...(facts.account
      ? assessAccount(facts.account, input)
      : [finding('ACCOUNT_NOT_FOUND', plan.account.dn, `no object has the GUID ${plan.account.guid}`)]),
    ...assessLinks(input),
    ...assessDmsa(facts.dmsa, input),
    ...assessHosts(input),
    ...(input.hostFindings ?? []).filter(({ code }) => saidBesides.includes(code)),
    ...(facts.dmsa && expect !== 'unlinked' ? assessPrincipals(facts.dmsa, input) : []),
  ];
  const rank = { block: 0, warn: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

function assessHosts({ facts, plan, surroundings, policySetAt = {}, isSigned = false }: Assessed): Finding[] {
  const joined = new Set(facts.dmsa?.principals.map(({ sid }) => sid));
  return facts.hosts.flatMap((host) => {
    const planned = plan.hosts.find(({ name }) => name === host.name);
    const hasJoined = planned !== undefined && joined.has(planned.computerSid);
    return assessHost(host, {
      services: planned?.services ?? [],
      ...(isSigned && { allowed: [...(planned?.services ?? []), ...(planned?.pools ?? [])] }),
      domain: plan.domain.dnsName,
      surroundings: surroundings.hosts[host.name],
      policySetAt: hasJoined ? undefined : policySetAt[host.name],
    });
  });
}

/** Findings that pass by themselves: a vote stays good when they come and go. */
const passing: string[] = [
  'REPLICATION_LAGGING',
  'KDS_KEY_NOT_EFFECTIVE',
  'ACCOUNT_LOGGED_ON',
  'HOST_NOT_REBOOTED',
] satisfies Finding['code'][];

/**
 * Selects what is hashed and voted on. Times stay out, and so do the wording of a finding, the DC that was read, a DC
 * that lags behind it for the moment, and a root key that is waited for.
 */
export function votedOn(
  evidence: Omit<Evidence, 'hash' | 'server'>,
  planHash: string,
  gate: string,
): unknown {
  const lasting = evidence.findings.filter(({ code }) => !passing.includes(code));
  const findings = lasting.map(({ code, subject }) => `${code} ${subject}`).sort();
  return { planHash, gate, facts: withoutWords(evidence.facts), findings };
}

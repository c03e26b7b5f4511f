import type { DmsaFacts, Principal } from './facts.ts';
import { type Finding, finding } from './findings.ts';
import type { Plan } from './plan.ts';

/** What the principals of a linked dMSA have to say about a plan. Pure. */
export function assessPrincipals(
  dmsa: DmsaFacts,
  { plan, allowed }: { plan: Pick<Plan, 'hosts'>; allowed: string[] },
): Finding[] {
  const missing = plan.hosts
    .filter((host) => !dmsa.principals.some((principal) => principal.sid === host.computerSid))
    .map((host) =>
      finding('PRINCIPAL_MISSING', host.name, `${host.computerSid} is not in msDS-GroupMSAMembership`),
    );
  const unknown = strangers(dmsa.principals, plan, allowed).map(({ sid, name }) =>
    finding('PRINCIPAL_UNKNOWN', sid, name ?? 'the SID does not resolve'),
  );
  return [...missing, ...unknown];
}

/** Principals that are no host of the plan and that no person has allowed. */
export function strangers(
  principals: Principal[],
  plan: Pick<Plan, 'hosts'>,
  allowed: string[],
): Principal[] {
  const expected = new Set([...plan.hosts.map((host) => host.computerSid), ...allowed]);
  return principals.filter((principal) => !expected.has(principal.sid));
}

import type { DmsaFacts } from '../facts/facts.ts';
import { describeStranger, strangers } from '../facts/principals.ts';
import { type Finding, finding } from '../findings/findings.ts';
import type { Plan } from '../plan/plan.ts';

type HostsOfPlan = Pick<Plan, 'hosts'>;

/** Finds what the principals of a linked dMSA mean for a plan. Pure. */
export function assessPrincipals(
  dmsa: DmsaFacts,
  { plan, allowed }: { plan: HostsOfPlan; allowed: string[] },
): Finding[] {
  return [
    ...refused(dmsa, plan),
    ...missing(dmsa, plan),
    ...strangers(dmsa.principals, plan, allowed).map((principal) =>
      finding('PRINCIPAL_UNKNOWN', principal.sid, describeStranger(principal)),
    ),
    ...groups(dmsa, plan),
  ];
}

/**
 * SIDs of the plan's hosts that are let in, by themselves or by a group. If groups were not followed, only a principal
 * with an ACE of its own counts.
 */
export function hostsLetIn({ principals, hostsAllowed }: DmsaFacts): Set<string> {
  return new Set(hostsAllowed ?? principals.map(({ sid }) => sid));
}

function refused({ hostsRefused = [] }: DmsaFacts, plan: HostsOfPlan): Finding[] {
  const by = new Map(hostsRefused.map((host) => [host.sid, host.by]));
  return plan.hosts.flatMap(({ name, computerSid }) => {
    const trustee = by.get(computerSid);
    if (trustee === undefined) return [];
    const which = trustee === computerSid ? 'itself' : `${trustee}, which it has`;
    return [finding('PRINCIPAL_DENIED', name, `${computerSid} is refused by an ACE for ${which}`)];
  });
}

function missing(dmsa: DmsaFacts, plan: HostsOfPlan): Finding[] {
  const letIn = hostsLetIn(dmsa);
  const denied = new Set(dmsa.hostsRefused?.map(({ sid }) => sid));
  return plan.hosts
    .filter(({ computerSid }) => !letIn.has(computerSid) && !denied.has(computerSid))
    .map(({ name, computerSid }) =>
      finding('PRINCIPAL_MISSING', name, `${computerSid} is not in msDS-GroupMSAMembership`),
    );
}

/** Where hosts are let in as members: a new member counts only once its ticket carries the group. */
function groups({ principals }: DmsaFacts, plan: HostsOfPlan): Finding[] {
  const names = new Map(plan.hosts.map(({ name, computerSid }) => [computerSid, name]));
  return principals.flatMap(({ sid, name, leadsTo, conditional }) => {
    const hosts = leadsTo?.hosts.flatMap((host) => names.get(host) ?? []) ?? [];
    if (hosts.length === 0 || conditional) return [];
    return [finding('PRINCIPAL_GROUP', sid, `${name ?? sid} leads to ${listed(hosts)}`)];
  });
}

const namesListed = 10;

function listed(names: string[]): string {
  const more = names.length - namesListed;
  const first = [...names].sort().slice(0, namesListed).join(', ');
  return more > 0 ? `${first} and ${more} more` : first;
}

import { ridOf } from '../directory/sid.ts';
import type { Principal } from '../domain/facts/facts.ts';
import { describeStranger, strangers } from '../domain/facts/principals.ts';
import { type Finding, finding } from '../domain/findings/findings.ts';
import type { AuditedDmsa } from './facts.ts';

/**
 * Finds who may retrieve the managed password and should not. Of a dMSA that we migrated to, that is whoever is no host
 * that we prepared and leads to others than these. Of one that we know nothing of, computers and ordinary groups may
 * all be right: users, groups that everybody is in, and SIDs of nobody or of another domain are not.
 */
export function principalFindings({ dn, malformed, principals, ourHosts }: AuditedDmsa): Finding[] {
  if (malformed !== null) {
    return [finding('PRINCIPAL_UNKNOWN', dn, `msDS-GroupMSAMembership cannot be read: ${malformed}`)];
  }
  const strange =
    ourHosts === null
      ? principals.filter(isNeverRight)
      : strangers(principals, { hosts: ourHosts.map((computerSid) => ({ computerSid })) }, []);
  const described = ourHosts === null ? describeAnyone : describeStranger;
  return strange.map((each) => finding('PRINCIPAL_UNKNOWN', each.sid, `of ${dn}: ${described(each)}`));
}

/** Where there is no plan, nobody is a host of one. */
function describeAnyone(principal: Principal): string {
  const { leadsTo, name, sid } = principal;
  if (!leadsTo) return describeStranger(principal);
  const many = leadsTo.others === null ? 'more than anybody can count' : `${leadsTo.others} others`;
  return `${name ?? sid} leads to ${many}`;
}

/** Domain Users, Domain Guests and Domain Computers, which nobody joins by hand (MS-DTYP 2.4.2.4). */
const wideRids = [513, 514, 515];

function isNeverRight({ sid, kind, leadsTo }: Principal): boolean {
  if (kind === 'computer') return false;
  if (kind !== 'group') return true;
  return leadsTo?.others === null || (sid.startsWith('S-1-5-21-') && wideRids.includes(ridOf(sid) ?? 0));
}

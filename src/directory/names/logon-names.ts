import type { AccountFacts } from '../../domain/facts/facts.ts';
import type { LogonNames } from '../../domain/plan/identity.ts';
import type { Target } from '../../domain/plan/plan.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { octets, sidOf, texts } from '../entry.ts';
import { anyOf } from '../filters.ts';

/**
 * The names by which AD logs the account on, so that names found on hosts are told apart by whose SID they lead to: its
 * sAMAccountName as it is now, its userPrincipalName, and its implicit UPNs, sAMAccountName at the domain's DNS and
 * NetBIOS names (Microsoft's KB 929272). A UPN that another object has explicitly is that one's, as
 * userPrincipalName is looked for before sAMAccountName (MS-ADTS 3.1.1.13.7), and nobody's where both have it
 * (3.1.1.13.6). sAMAccountName at another UPN suffix of the forest is no name of it: KB 929272 has no such logon, and
 * Samba refuses it (measured). One search, however many hosts there are; none where the account is gone: then its last
 * known name counts. What other domains of the forest have is not seen.
 */
export async function readLogonNames(
  directory: Directory,
  account: AccountFacts | null,
  { account: planned, domain }: Pick<Target, 'account' | 'domain'>,
): Promise<LogonNames> {
  const { samAccountName } = account ?? planned;
  const explicit = account?.userPrincipalName ?? null;
  const names = [
    `${samAccountName}@${domain.dnsName}`,
    `${samAccountName}@${domain.netbiosName}`,
    ...(explicit === null ? [] : [explicit]),
  ].map((name) => name.toLowerCase());
  const others = account ? await otherHolders(directory, account.sid, [...new Set(names)]) : new Set();
  const principalNames = [...new Set(names)].filter((name) => !others.has(name));
  return { samAccountName: samAccountName.toLowerCase(), principalNames };
}

/** Which of the names somebody else has for a userPrincipalName. */
async function otherHolders(directory: Directory, sid: string, names: string[]): Promise<Set<string>> {
  const filter = anyOf.text('userPrincipalName', names);
  const holders = await searchDomain(directory, filter, ['objectSid', 'userPrincipalName']);
  const others = holders.filter((holder) => {
    return octets(holder, 'objectSid') === null || sidOf(holder, 'objectSid') !== sid;
  });
  return new Set(
    others.flatMap((holder) => texts(holder, 'userPrincipalName')).map((name) => name.toLowerCase()),
  );
}

import type { AccountFacts } from '../../domain/facts/facts.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { octets, values } from '../entry.ts';
import { all, anyOf, byRule } from '../filters.ts';
import { inChainRule } from '../schema.ts';
import { sidText } from '../sid.ts';

/**
 * Protected groups of a domain by RID (MS-ADTS 3.1.1.6.1.2; Microsoft's "Appendix C: Protected Accounts and Groups"),
 * with the two that may write everybody's key credentials (MS-DTYP 2.4.2.4). RIDs below 1000 are never given out
 * (MS-SAMR 3.1.1.9.2), so that they mean these groups in any domain: schema and enterprise administrators are the root
 * domain's.
 */
const domainGroups: Record<string, string> = {
  512: 'Domain Admins',
  516: 'Domain Controllers',
  518: 'Schema Admins',
  519: 'Enterprise Admins',
  521: 'Read-only Domain Controllers',
  526: 'Key Admins',
  527: 'Enterprise Key Admins',
};

/** Protected groups of the built-in domain S-1-5-32, which every domain has. */
const builtinGroups: Record<string, string> = {
  544: 'Administrators',
  548: 'Account Operators',
  549: 'Server Operators',
  550: 'Print Operators',
  551: 'Backup Operators',
  552: 'Replicator',
};

/** `Domain Admins (S-1-5-21-…-512)`, in English whatever the domain calls it; null for a group that is not protected. */
export function protectedGroup(sid: string): string | null {
  const [, rid = ''] = /^S-1-5-21(?:-\d+){3}-(\d+)$/.exec(sid) ?? [];
  const [, alias = ''] = /^S-1-5-32-(\d+)$/.exec(sid) ?? [];
  const name = domainGroups[rid] ?? builtinGroups[alias];
  return name === undefined ? null : `${name} (${sid})`;
}

/** SIDs of every protected group of the domain that this SID is one of. */
export function protectedSids(sid: string): string[] {
  const domainSid = sid.replace(/-\d+$/, '');
  return [
    ...Object.keys(domainGroups).map((rid) => `${domainSid}-${rid}`),
    ...Object.keys(builtinGroups).map((rid) => `S-1-5-32-${rid}`),
  ];
}

/**
 * Protected groups of which the account is a member, however deep, as `protectedGroup` names them. One search, which
 * follows `member` through nested groups of this domain, and one read of `tokenGroups`, which covers the primary group,
 * universal groups of other domains and SID history, but is absent where no global catalog answers (MS-ADTS
 * 3.1.1.4.5.19): neither alone is enough.
 */
export async function readProtectedGroups(
  directory: Directory,
  account: Pick<AccountFacts, 'dn' | 'sid'>,
): Promise<string[]> {
  const sids = protectedSids(account.sid);
  const filter = all(byRule('member', inChainRule, account.dn), anyOf.sid('objectSid', sids));
  const nested = await searchDomain(directory, filter, ['objectSid']);
  const token = await directory.read(account.dn, ['tokenGroups']);
  const found = [
    ...nested.map((group) => octets(group, 'objectSid')),
    ...(token ? values(token, 'tokenGroups') : []),
  ].map((sid) => sid && protectedGroup(sidText(Buffer.from(sid))));
  return [...new Set(found.filter((group) => group !== null))].sort();
}

import type { Directory } from '../directory/directory.ts';
import { normalDn } from '../directory/dn.ts';
import { type Entry, octets, text } from '../directory/entry.ts';
import { all, anyOf, either, equals } from '../directory/filters.ts';
import { inChainRule } from '../directory/schema.ts';
import { sidText } from '../directory/sid.ts';

/** Groups that AD protects from their members' delegates, by RID of the domain (MS-ADTS 3.1.1.6.1.2). */
const protectedRids = [512, 516, 518, 519, 521];
/** The same of the built-in domain. */
const protectedBuiltIn = [544, 548, 549, 550, 551, 552].map((rid) => `S-1-5-32-${rid}`);

/**
 * Of what the filter finds, the members of protected groups, also through other groups; why, by normal DN. Three
 * searches; where they find somebody, one more for each of these groups, to say which it is.
 */
export async function privilegedMembers(directory: Directory, filter: string): Promise<Map<string, string>> {
  const groups = await protectedGroups(directory);
  const members = async (of: Entry[]) =>
    await directory.search(directory.baseDn, {
      scope: 'sub',
      filter: all(filter, either(...of.map(({ dn }) => equals.text(`memberOf:${inChainRule}:`, dn)))),
      attributes: ['objectClass'],
    });
  const reasons = new Map<string, string>();
  if (groups.length === 0 || (await members(groups)).length === 0) return reasons;
  for (const group of groups) {
    const name = text(group, 'sAMAccountName') ?? group.dn;
    for (const { dn } of await members([group])) {
      const earlier = reasons.get(normalDn(dn));
      reasons.set(normalDn(dn), earlier ? `${earlier}, ${name}` : `nested member of ${name}`);
    }
  }
  return reasons;
}

async function protectedGroups(directory: Directory): Promise<Entry[]> {
  const domain = await directory.read(directory.baseDn, ['objectSid']);
  const domainSid = domain && octets(domain, 'objectSid');
  const ofDomain = domainSid ? protectedRids.map((rid) => `${sidText(domainSid)}-${rid}`) : [];
  return await directory.search(directory.baseDn, {
    scope: 'sub',
    filter: anyOf.sid('objectSid', [...protectedBuiltIn, ...ofDomain]),
    attributes: ['sAMAccountName'],
  });
}

import { type Directory, searchDomain } from '../directory/directory.ts';
import { normalDn } from '../directory/dn.ts';
import { type Entry, sidOf } from '../directory/entry.ts';
import { all, anyOf, byRule, either, type Filter } from '../directory/filters.ts';
import { protectedGroup, protectedSids } from '../directory/read/read-privileges.ts';
import { inChainRule } from '../directory/schema.ts';
import type { Privilege } from '../domain/facts/facts.ts';

/**
 * Finds members of protected groups, also through other groups, among what the filter finds; why, by normal DN. `sid`
 * is any of the domain. Two searches; where they find somebody, one more for each of these groups, to say which it is.
 * Groups of another domain, as the root's administrators seen from a child, are not followed: adminCount tells of them.
 */
export async function privilegedMembers(
  directory: Directory,
  filter: Filter,
  sid: string,
): Promise<Map<string, Privilege>> {
  const groups = await searchDomain(directory, anyOf.sid('objectSid', protectedSids(sid)), ['objectSid']);
  const members = (of: Entry[]) => {
    const inAny = either(...of.map(({ dn }) => byRule('memberOf', inChainRule, dn)));
    return searchDomain(directory, all(filter, inAny), ['objectClass']);
  };
  const names = new Map<string, string[]>();
  if (groups.length === 0 || (await members(groups)).length === 0) return new Map();
  for (const group of groups) {
    const name = protectedGroup(sidOf(group, 'objectSid')) ?? group.dn;
    for (const { dn } of await members([group])) {
      names.set(normalDn(dn), [...(names.get(normalDn(dn)) ?? []), name]);
    }
  }
  return new Map([...names].map(([dn, groups]) => [dn, { kind: 'nested-member', groups: groups.sort() }]));
}

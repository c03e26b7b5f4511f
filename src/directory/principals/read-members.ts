import { type Directory, searchForAny } from '../directory.ts';
import { normalDn } from '../dn.ts';
import { type Entry, sidOf, text, texts } from '../entry.ts';
import { equals, type Filter } from '../filters.ts';
import { domainOf, wellKnown } from '../security/well-known-sids.ts';
import { ridOf } from '../sid.ts';
import { type PrincipalGroup, principalAttributes, resolvedPrincipal } from './principal-entry.ts';

/** Everyone whom a group leads to through any number of nested groups; the groups between them are not among them. */
export interface Members {
  /** Names by SID; by DN for a member that is of another domain of the forest, so that this DC does not know its SID. */
  accounts: Map<string, string>;
  /** A SID that everyone has is in it, so everyone is. */
  everyone: boolean;
  /** Some are in it whom nobody can list. */
  countless: boolean;
}

/**
 * Reads who is in each group, by the group's SID. Goes down level by level: all groups of a level are asked for in
 * filters of up to 200 terms, so the number of searches grows with how deep groups are nested, not with how many
 * members they have. A cycle ends where it comes back. Members are those of `member` and those whose primary group it
 * is, which AD keeps apart (MS-SAMR 3.1.1.8.2) and puts into the token alike (MS-ADTS 3.1.1.4.5.19). A distribution
 * group is in no token: neither it nor what is in it counts. Groups that may have members of other domains are asked
 * for `member` as well, one search more a level, so that none is overlooked that this DC does not hold.
 */
export async function readMembers(
  directory: Directory,
  groups: PrincipalGroup[],
  domain: string | null,
): Promise<Map<string, Members>> {
  const graph = new Graph();
  let level = groups.filter(({ security }) => security);
  for (const group of level) graph.addGroup(group);
  while (level.length > 0) {
    const next: PrincipalGroup[] = [];
    for (const entry of await searchForAny(directory, memberships(level, domain), attributes)) {
      const nested = graph.addMember(entry, domain);
      if (nested) next.push(nested);
    }
    await addMembersElsewhere(directory, graph, level);
    level = next;
  }
  return new Map(groups.map(({ sid }) => [sid, graph.membersOf(sid)]));
}

const attributes = [...principalAttributes, 'memberOf', 'primaryGroupID'];

/** Only a group of this domain can be the primary group of an account in it (MS-SAMR 3.1.1.8.2). */
function memberships(groups: PrincipalGroup[], domain: string | null): Filter[] {
  return groups.flatMap(({ sid, dn }) => {
    const linked = equals.text('memberOf', dn);
    const rid = domainOf(sid) === domain && domain !== null ? ridOf(sid) : null;
    return rid === null ? [linked] : [linked, equals.text('primaryGroupID', String(rid))];
  });
}

async function addMembersElsewhere(
  directory: Directory,
  graph: Graph,
  level: PrincipalGroup[],
): Promise<void> {
  const wide = level.filter(({ global }) => !global).map(({ sid }) => equals.sid('objectSid', sid));
  const entries = await searchForAny(directory, wide, ['objectSid', 'member']);
  for (const entry of entries) graph.addElsewhere(entry);
}

/** Groups, their members, and what is known of each. */
class Graph {
  readonly #sidByDn = new Map<string, string>();
  readonly #children = new Map<string, Set<string>>();
  readonly #names = new Map<string, string>();
  /** DNs of all that was found, in the form that is compared. */
  readonly #found = new Set<string>();

  addGroup({ sid, dn }: PrincipalGroup): void {
    this.#sidByDn.set(normalDn(dn), sid);
    this.#children.set(sid, new Set());
  }

  /** The entry as a member of every known group that it names; itself, where it is a group that was not known yet. */
  addMember(entry: Entry, domain: string | null): PrincipalGroup | null {
    this.#found.add(normalDn(entry.dn));
    const resolved = resolvedPrincipal(entry);
    if (!resolved || (resolved.group && !resolved.group.security)) return null;
    const { group, principal } = resolved;
    const { sid, name } = principal;
    for (const parent of this.#parents(entry, domain)) this.#children.get(parent)?.add(sid);
    if (!group) this.#names.set(sid, name ?? sid);
    if (!group || this.#children.has(sid)) return null;
    this.addGroup(group);
    return group;
  }

  /** Members that no search of this domain found. */
  addElsewhere(entry: Entry): void {
    const sid = sidOf(entry, 'objectSid');
    for (const dn of texts(entry, 'member')) {
      if (this.#found.has(normalDn(dn))) continue;
      this.#children.get(sid)?.add(normalDn(dn));
      this.#names.set(normalDn(dn), dn);
    }
  }

  membersOf(group: string): Members {
    const members: Members = { accounts: new Map(), everyone: false, countless: false };
    const seen = new Set([group]);
    const open = [group];
    for (let sid = open.pop(); sid !== undefined; sid = open.pop()) {
      const children = this.#children.get(sid);
      const holders = wellKnown(sid)?.holders;
      if (holders === 'everyone') members.everyone = true;
      else if (holders === 'some') members.countless = true;
      else if (!children && !holders && sid !== group) members.accounts.set(sid, this.#names.get(sid) ?? sid);
      for (const child of children ?? []) {
        if (seen.has(child)) continue;
        seen.add(child);
        open.push(child);
      }
    }
    return members;
  }

  #parents(entry: Entry, domain: string | null): string[] {
    const linked = texts(entry, 'memberOf').flatMap((dn) => this.#sidByDn.get(normalDn(dn)) ?? []);
    const primary = text(entry, 'primaryGroupID');
    return primary === null || domain === null ? linked : [...linked, `${domain}-${primary}`];
  }
}

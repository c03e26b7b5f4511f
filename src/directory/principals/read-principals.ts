import type { AccessRule, DmsaFacts, Membership, Principal } from '../../domain/facts/facts.ts';
import { type Directory, searchForAny } from '../directory.ts';
import { equals } from '../filters.ts';
import { decide } from '../security/access.ts';
import { domainOf, wellKnown } from '../security/well-known-sids.ts';
import { type KnownPrincipal, principalAttributes, resolvedPrincipal } from './principal-entry.ts';
import { type Members, readMembers } from './read-members.ts';
import { summarise } from './summarise-members.ts';

/**
 * The dMSA with its principals named, groups followed to their members, and which of the plan's hosts are let in.
 * `hosts` are the SIDs of the plan's hosts; without them only names are found. One search for every 200 SIDs, none
 * where there are none; where groups are among them, the searches of `readMembers`, which grow with their depth alone.
 */
export async function withPrincipalNames(
  directory: Directory,
  dmsa: DmsaFacts,
  hosts: string[] = [],
): Promise<DmsaFacts> {
  const rules = dmsa.accessRules ?? dmsa.principals.map(({ sid }): AccessRule => ({ sid, effect: 'allow' }));
  const known = await readKnownSids(
    directory,
    rules.map(({ sid }) => sid),
    domainOf(dmsa.sid),
  );
  const principals = dmsa.principals.map((principal) => named(principal, known, hosts));
  return { ...dmsa, principals, ...hostAccess(rules, hosts, known.members) };
}

/** Objects behind SIDs, whoever's principals they are. */
export interface KnownSids {
  found: Map<string, KnownPrincipal>;
  members: Map<string, Members>;
  /** The domain that is read, as `domainOf` gives it. */
  domain: string | null;
}

/** As many searches as `withPrincipalNames` makes, for the principals of any number of dMSAs together. */
export async function readKnownSids(
  directory: Directory,
  sids: string[],
  domain: string | null,
): Promise<KnownSids> {
  const found = await lookUp(directory, [...new Set(sids)]);
  const groups = [...found.values()].flatMap(({ group }) => (group ? [group] : []));
  return { found, members: await readMembers(directory, groups, domain), domain };
}

/** The principal with its name, its kind, and where it leads in the eyes of a plan with these hosts. */
export function named(
  principal: Principal,
  { found, members, domain }: KnownSids,
  hosts: string[],
): Principal {
  const resolved = found.get(principal.sid)?.principal ?? notFound(principal.sid, domain);
  const leadsTo = leading(principal.sid, members, hosts);
  return { ...principal, ...resolved, ...(leadsTo && { leadsTo }) };
}

/** SIDs that have no object are not asked for. */
async function lookUp(directory: Directory, sids: string[]): Promise<Map<string, KnownPrincipal>> {
  const found = new Map<string, KnownPrincipal>();
  const asked = sids.filter((sid) => !wellKnown(sid)).map((sid) => equals.sid('objectSid', sid));
  for (const entry of await searchForAny(directory, asked, principalAttributes)) {
    const resolved = resolvedPrincipal(entry);
    if (resolved) found.set(resolved.principal.sid, resolved);
  }
  return found;
}

/** A SID of this domain that no object has belonged to one that was deleted (or was never there). */
function notFound(sid: string, domain: string | null): Principal {
  const known = wellKnown(sid);
  if (known) return { sid, name: known.name, kind: 'well-known' };
  const other = domainOf(sid);
  if (!other) return { sid, name: null, kind: 'unknown' };
  return { sid, name: null, kind: other === domain ? 'orphaned' : 'foreign' };
}

function leading(sid: string, members: Map<string, Members>, hosts: string[]): Membership | null {
  const holders = wellKnown(sid)?.holders;
  if (!holders) {
    const found = members.get(sid);
    return found ? summarise(found, hosts) : null;
  }
  const all = { accounts: new Map(), everyone: holders === 'everyone', countless: holders === 'some' };
  return summarise(all, hosts);
}

/**
 * Decides what each host of the plan is granted: by its own SID, by a group that it is in, by a SID that every computer
 * has.
 */
function hostAccess(
  rules: AccessRule[],
  hosts: string[],
  members: Map<string, Members>,
): Pick<DmsaFacts, 'hostsAllowed' | 'hostsRefused'> {
  if (hosts.length === 0) return {};
  const has = (host: string) => (sid: string) => {
    const group = members.get(sid);
    if (sid === host || wellKnown(sid)?.holders === 'everyone') return true;
    return group !== undefined && (group.everyone || group.accounts.has(host));
  };
  const decisions = [...hosts].sort().map((sid) => ({ sid, ...decide(rules, has(sid)) }));
  return {
    hostsAllowed: decisions.filter(({ verdict }) => verdict === 'allowed').map(({ sid }) => sid),
    hostsRefused: decisions.flatMap(({ sid, verdict, by }) =>
      verdict === 'refused' ? [{ sid, by: by! }] : [],
    ),
  };
}

import type { DmsaFacts, Principal } from '../domain/facts.ts';
import type { Directory } from './directory.ts';
import { octets, text } from './entry.ts';
import { anyOf } from './filters.ts';
import { kindOf } from './read-account.ts';
import { sidText } from './sid.ts';

/** An OR filter of this many SIDs stays well under the 10,000-byte filter that small DCs accept. */
const sidsPerSearch = 200;

/** The dMSA with its principals named. One search for every 200 principals, none where there are none. */
export async function withPrincipalNames(directory: Directory, dmsa: DmsaFacts): Promise<DmsaFacts> {
  const known = new Map<string, Principal>();
  for (let start = 0; start < dmsa.principals.length; start += sidsPerSearch) {
    const sids = dmsa.principals.slice(start, start + sidsPerSearch).map((principal) => principal.sid);
    for (const principal of await resolve(directory, sids)) known.set(principal.sid, principal);
  }
  return { ...dmsa, principals: dmsa.principals.map((principal) => known.get(principal.sid) ?? principal) };
}

async function resolve(directory: Directory, sids: string[]): Promise<Principal[]> {
  const entries = await directory.search(directory.baseDn, {
    scope: 'sub',
    filter: anyOf.sid('objectSid', sids),
    attributes: ['objectSid', 'sAMAccountName', 'objectClass'],
  });
  return entries.map((entry) => ({
    sid: sidText(octets(entry, 'objectSid')!),
    name: text(entry, 'sAMAccountName'),
    kind: principalKind(kindOf(entry), entry.attributes),
  }));
}

function principalKind(kind: string, attributes: Record<string, unknown[]>): Principal['kind'] {
  if (kind === 'user') return 'user';
  if (kind !== 'other') return 'computer';
  const classes =
    Object.entries(attributes).find(([name]) => name.toLowerCase() === 'objectclass')?.[1] ?? [];
  return classes.some((name) => String(name).toLowerCase() === 'group') ? 'group' : 'unknown';
}

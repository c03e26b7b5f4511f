import type { Directory } from '../directory/directory.ts';
import { type Entry, octets, text, texts } from '../directory/entry.ts';
import { anyOf } from '../directory/filters.ts';
import { kindOf } from '../directory/read-account.ts';
import { decodeSecurityDescriptor, principalsOf } from '../directory/security-descriptor.ts';
import { ridOf, sidText } from '../directory/sid.ts';
import { batches } from '../domain/plan.ts';
import type { AuditedPrincipal, PrincipalKind } from './facts.ts';

/** An OR filter of this many SIDs stays well under the 10,000-byte filter that small DCs accept. */
const sidsPerSearch = 200;

/** The SIDs that a descriptor lets in. An absent one lets nobody in; a malformed one is told, and stops nothing else. */
export function principalSids(descriptor: Buffer | null): { sids: string[]; malformed: string | null } {
  if (!descriptor) return { sids: [], malformed: null };
  try {
    return { sids: principalsOf(decodeSecurityDescriptor(descriptor)), malformed: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { sids: [], malformed: error.message };
  }
}

/** What each SID stands for. One search for every 200 of them, none where there are none. */
export async function namePrincipals(
  directory: Directory,
  sids: Iterable<string>,
): Promise<Map<string, AuditedPrincipal>> {
  const named = new Map([...new Set(sids)].map((sid) => [sid, unresolved(sid)]));
  const asked = [...named.values()].filter(({ kind }) => kind === 'orphaned').map(({ sid }) => sid);
  for (const batch of batches(asked, sidsPerSearch)) {
    const entries = await directory.search(directory.baseDn, {
      scope: 'sub',
      filter: anyOf.sid('objectSid', batch),
      attributes: ['objectSid', 'objectClass', 'sAMAccountName', 'dNSHostName'],
    });
    for (const entry of entries) {
      const principal = resolved(entry);
      named.set(principal.sid, principal);
    }
  }
  return named;
}

function unresolved(sid: string): AuditedPrincipal {
  const name = wellKnown[sid] ?? null;
  return { sid, name, kind: name ? 'wide group' : 'orphaned', host: null };
}

function resolved(entry: Entry): AuditedPrincipal {
  const sid = sidText(octets(entry, 'objectSid')!);
  const kind = principalKind(entry, sid);
  const host = kind === 'computer' ? (text(entry, 'dNSHostName')?.toLowerCase() ?? null) : null;
  return { sid, name: text(entry, 'sAMAccountName'), kind, host };
}

function principalKind(entry: Entry, sid: string): PrincipalKind {
  const kind = kindOf(entry);
  if (kind !== 'other') return kind === 'user' ? 'user' : 'computer';
  const classes = texts(entry, 'objectClass').map((name) => name.toLowerCase());
  if (!classes.includes('group')) return 'foreign';
  return isWide(sid) ? 'wide group' : 'group';
}

/** Groups that nobody joins by hand (MS-DTYP 2.4.2.4). */
const wellKnown: Record<string, string> = {
  'S-1-1-0': 'Everyone',
  'S-1-5-7': 'Anonymous',
  'S-1-5-11': 'Authenticated Users',
};

/** Domain Users, Guests and Computers by RID, and the built-in Users and Guests (MS-DTYP 2.4.2.4). */
function isWide(sid: string): boolean {
  const rid = ridOf(sid) ?? 0;
  return sid.startsWith('S-1-5-32-') ? [545, 546].includes(rid) : [513, 514, 515].includes(rid);
}

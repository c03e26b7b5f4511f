import { parseDn } from '../../src/directory/dn.ts';
import type { EntryTable } from './entry-table.ts';
import { dnKey } from './values.ts';

/** A naming context of the forest, as its crossRef has it (MS-ADTS 6.1.1.2.1.1.1). */
export interface NamingContext {
  key: string;
  dn: string;
  dnsRoot: string;
}

export function namingContexts(table: EntryTable, configurationDn: string): NamingContext[] {
  return table.children(dnKey(`CN=Partitions,${configurationDn}`)).flatMap(({ attributes }) => {
    const [dn, dnsRoot] = [attributes.get('ncname')?.[0], attributes.get('dnsroot')?.[0]];
    if (!dn || !dnsRoot) return [];
    return [{ key: dnKey(dn.toString()), dn: dn.toString(), dnsRoot: dnsRoot.toString() }];
  });
}

/** The context that an object of this key is in: the nearest of those above it. */
export function contextAbove(contexts: NamingContext[], key: string): NamingContext | null {
  const above = contexts.filter((context) => isWithin(key, context.key));
  return above.sort((a, b) => b.key.length - a.key.length)[0] ?? null;
}

/**
 * Where a client has to ask about a DN that is in none of the contexts that this DC holds: the DNS name of the
 * context's crossRef, or the DN's own domain components (MS-ADTS 3.1.1.4.6). Null where nobody is known to have it.
 */
export function referralFor(
  contexts: NamingContext[],
  held: string[],
  dn: string,
): { host: string; url: string } | null {
  const nearest = contextAbove(contexts, dnKey(dn));
  if (nearest && held.includes(nearest.key)) return null;
  const components = parseDn(dn).filter(({ type }) => type.toLowerCase() === 'dc');
  const host = nearest?.dnsRoot ?? components.map(({ value }) => value).join('.');
  return host === '' ? null : { host, url: ldapUrl(host, dn) };
}

/** Contexts right below the one of the base, within the scope of a search: it goes on there (MS-ADTS 3.1.1.4.7). */
export function continuations(
  contexts: NamingContext[],
  base: string,
  scope: 'base' | 'one' | 'sub',
): string[] {
  if (scope === 'base') return [];
  const own = contextAbove(contexts, base);
  const below = contexts.filter(({ key }) => {
    const parent = key.slice(key.indexOf(',') + 1);
    if (key === base || !isWithin(key, base)) return false;
    return contextAbove(contexts, parent) === own && (scope === 'sub' || parent === base);
  });
  return below.map(({ dn, dnsRoot }) => `${ldapUrl(dnsRoot, dn)}${scope === 'one' ? '??base' : ''}`);
}

function isWithin(key: string, above: string): boolean {
  return key === above || key.endsWith(`,${above}`);
}

/** RFC 4516. */
function ldapUrl(host: string, dn: string): string {
  return `ldap://${encodeURI(host)}/${encodeURI(dn)}`;
}

import type { RootDse } from '../directory.ts';
import { normalDn, parseDn, sameDn } from '../dn.ts';

/** Application naming contexts of every domain with DNS in AD, which hold no accounts (MS-ADTS 6.1.1.1.5). */
const dnsZones = new Set(['domaindnszones', 'forestdnszones']);

/**
 * DNs of other domains among the references of a search (RFC 4511 4.5.3: LDAP URLs). Every subtree search of a domain
 * is told of Configuration and the DNS zones, where no accounts are; what is left may hold accounts that the search
 * has not seen: a child domain, or an application naming context, which its name does not tell from one. AD names the
 * direct children only (MS-ADTS 3.1.1.4.7). A reference that is no LDAP URL is given as it is, so that none is lost.
 */
export function otherDomains(urls: string[], own: Pick<RootDse, 'configurationDn'>): string[] {
  const others = new Map<string, string>();
  for (const url of urls) {
    const dn = referredDn(url);
    if (dn === null) others.set(url, url);
    else if (!sameDn(dn, own.configurationDn) && !isDnsZone(dn)) others.set(normalDn(dn), dn);
  }
  return [...others.values()];
}

/** The DN of an LDAP URL (RFC 4516 2), or null where there is none. */
export function referredDn(url: string): string | null {
  const written = /^ldaps?:\/\/[^/?]*\/([^?]*)/i.exec(url)?.[1];
  if (!written) return null;
  try {
    const dn = decodeURIComponent(written);
    parseDn(dn);
    return dn;
  } catch {
    return null;
  }
}

function isDnsZone(dn: string): boolean {
  const [leaf] = parseDn(dn);
  return leaf?.type.toLowerCase() === 'dc' && dnsZones.has(leaf.value.toLowerCase());
}

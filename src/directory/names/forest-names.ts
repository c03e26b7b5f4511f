import type { DomainNames } from '../../domain/plan/identity.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { normalDn } from '../dn.ts';
import { integer, octets, text, texts } from '../entry.ts';
import { anyOf, equals } from '../filters.ts';
import { sidText } from '../sid.ts';

/** A domain besides the one that is read. */
export interface OtherDomain extends Partial<DomainNames> {
  /** DNS name, else NetBIOS name: for messages. */
  name: string;
  /** True for a domain of the same forest, false for one that is trusted or trusts. */
  inForest: boolean;
  /** Its naming context, where it is one of the forest. */
  baseDn: string | null;
  /** Its SID, where there is a trust with it: a crossRef has none. */
  sid: string | null;
}

export interface ForestNames {
  others: OtherDomain[];
  /** Suffixes of UPNs besides the domains' names, as they are written. */
  upnSuffixes: string[];
}

/** FLAG_CR_NTDS_DOMAIN (MS-ADTS 2.2.10). */
const isDomainFlag = 0x2;
/** TRUST_ATTRIBUTE_WITHIN_FOREST (MS-ADTS 6.1.6.7.9). */
const withinForest = 0x20;

/**
 * The other domains of the forest, from the crossRefs (MS-ADTS 6.1.1.2.1.1.4), those that trusts name (6.1.6.7:
 * trustPartner, flatName, securityIdentifier), and uPNSuffixes of the partitions container (MS-ADA3 2.340). Two
 * searches, whatever the forest's size; who may not see them sees none.
 */
export async function readForestNames(directory: Directory): Promise<ForestNames> {
  const { baseDn: readDn, configurationDn } = directory.rootDse();
  const partitions = await directory.search(`CN=Partitions,${configurationDn}`, {
    scope: 'sub',
    filter: anyOf.text('objectClass', ['crossRef', 'crossRefContainer']),
    attributes: ['nCName', 'nETBIOSName', 'dnsRoot', 'systemFlags', 'uPNSuffixes'],
  });
  const trusts = await searchDomain(directory, equals.text('objectClass', 'trustedDomain'), [
    'trustPartner',
    'flatName',
    'securityIdentifier',
    'trustAttributes',
  ]);
  const own = normalDn(readDn);
  const others = partitions
    .filter((entry) => ((integer(entry, 'systemFlags') ?? 0) & isDomainFlag) !== 0)
    .flatMap((entry): OtherDomain[] => {
      const baseDn = text(entry, 'nCName');
      if (baseDn === null || normalDn(baseDn) === own) return [];
      const [dnsName, netbiosName] = [text(entry, 'dnsRoot'), text(entry, 'nETBIOSName')];
      return [otherDomain({ dnsName, netbiosName, inForest: true, baseDn, sid: null })];
    });
  for (const entry of trusts) {
    const sid = octets(entry, 'securityIdentifier');
    const trusted = otherDomain({
      dnsName: text(entry, 'trustPartner'),
      netbiosName: text(entry, 'flatName'),
      inForest: ((integer(entry, 'trustAttributes') ?? 0) & withinForest) !== 0,
      baseDn: null,
      sid: sid && sidText(sid),
    });
    const known = others.find(({ name }) => name.toLowerCase() === trusted.name.toLowerCase());
    if (known) known.sid = trusted.sid;
    else others.push(trusted);
  }
  return { others, upnSuffixes: partitions.flatMap((entry) => texts(entry, 'uPNSuffixes')) };
}

function otherDomain(found: {
  dnsName: string | null;
  netbiosName: string | null;
  inForest: boolean;
  baseDn: string | null;
  sid: string | null;
}): OtherDomain {
  const { dnsName, netbiosName, ...rest } = found;
  return {
    ...rest,
    ...(dnsName !== null && { dnsName }),
    ...(netbiosName !== null && { netbiosName }),
    name: dnsName ?? netbiosName ?? rest.baseDn ?? 'a domain without a name',
  };
}

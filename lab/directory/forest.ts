import { randomBytes } from 'node:crypto';

import { childDn, parseDn } from '../../src/directory/dn.ts';
import type { Value } from '../../src/directory/entry.ts';
import { uac } from '../../src/directory/schema.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { partialSecrets } from './sam.ts';
import { type SeedEntry, seedEntry } from './seed-entry.ts';

/** The forest's configuration: partitions, sites and the domain controllers in them; as a provisioned Samba has it. */

export const defaultSite = 'Default-First-Site-Name';

export interface ForestContexts {
  /** The domain that the DC holds. */
  baseDn: string;
  configurationDn: string;
  schemaDn: string;
}

/** How a domain controller is written down: in its domain, and in its site. */
export interface ControllerOptions extends ForestContexts {
  dnsHostName: string;
  site: string;
  /** Read-only: an RODC (MS-ADTS 6.1.1.3.2). */
  isReadOnly: boolean;
  /** `10.0 (26100)`: what its computer object says of its system. */
  operatingSystem?: string;
  operatingSystemVersion?: string;
  /** Where the SID must be a certain one, as that of the first DC. */
  objectSid?: string;
}

/** systemFlags of a server: renamable and movable within its site only (MS-ADTS 2.2.10); as Samba writes it. */
const serverFlags = '1375731712';
/** FLAG_DISALLOW_MOVE_ON_DELETE. */
const settingsFlags = '33554432';
/** DS_BEHAVIOR_WIN2025 (MS-ADTS 6.1.4.2). */
const behaviorVersion = '10';

/** The sites of a forest, with a first one. */
export function sitesObjects(configurationDn: string): SeedEntry[] {
  const sites = childDn('CN', 'Sites', configurationDn);
  const transports = childDn('CN', 'Inter-Site Transports', sites);
  return [
    seedEntry(sites, 'sitesContainer'),
    seedEntry(childDn('CN', 'Subnets', sites), 'subnetContainer'),
    seedEntry(transports, 'interSiteTransportContainer'),
    seedEntry(childDn('CN', 'IP', transports), 'interSiteTransport'),
    ...siteObjects(configurationDn, defaultSite),
  ];
}

export function siteObjects(configurationDn: string, name: string): SeedEntry[] {
  const site = siteDn(configurationDn, name);
  return [
    seedEntry(site, 'site', { systemFlags: ['1107296256'] }),
    seedEntry(childDn('CN', 'Servers', site), 'serversContainer', { systemFlags: [settingsFlags] }),
    seedEntry(childDn('CN', 'NTDS Site Settings', site), 'nTDSSiteSettings'),
  ];
}

export function siteDn(configurationDn: string, name: string): string {
  return childDn('CN', name, childDn('CN', 'Sites', configurationDn));
}

/** The partitions of a forest of one domain (MS-ADTS 6.1.1.2.1.1). */
export function partitionObjects(contexts: ForestContexts, netbiosName: string): SeedEntry[] {
  const { baseDn, configurationDn, schemaDn } = contexts;
  const partitions = childDn('CN', 'Partitions', configurationDn);
  const dnsRoot = [dnsNameOf(baseDn)];
  // FLAG_CR_NTDS_NC (MS-ADTS 2.2.10); a domain's has FLAG_CR_NTDS_DOMAIN as well.
  const notDomain = { dnsRoot, systemFlags: ['1'] };
  return [
    seedEntry(partitions, 'crossRefContainer'),
    seedEntry(childDn('CN', 'Enterprise Configuration', partitions), 'crossRef', {
      nCName: [configurationDn],
      ...notDomain,
    }),
    seedEntry(childDn('CN', 'Enterprise Schema', partitions), 'crossRef', {
      nCName: [schemaDn],
      ...notDomain,
    }),
    domainCrossRef(contexts, netbiosName),
  ];
}

/** `trustParent` is the crossRef of the domain above. */
export function domainCrossRef(
  contexts: ForestContexts,
  netbiosName: string,
  trustParent?: string,
): SeedEntry {
  const { baseDn, configurationDn } = contexts;
  const partitions = childDn('CN', 'Partitions', configurationDn);
  return seedEntry(childDn('CN', netbiosName, partitions), 'crossRef', {
    nCName: [baseDn],
    nETBIOSName: [netbiosName],
    dnsRoot: [dnsNameOf(baseDn)],
    nTMixedDomain: ['0'],
    systemFlags: ['3'],
    ...(trustParent && { trustParent: [trustParent] }),
  });
}

/** A DC: its computer object (MS-ADTS 6.1.1.3), its server object and its NTDS settings (6.1.1.2.2.1.2). */
export function controllerObjects(options: ControllerOptions): {
  domain: SeedEntry;
  configuration: SeedEntry[];
} {
  const { baseDn, configurationDn, dnsHostName, isReadOnly } = options;
  const name = dnsHostName.split('.')[0]!.toUpperCase();
  const computer = childDn('CN', name, childDn('OU', 'Domain Controllers', baseDn));
  const server = childDn('CN', name, childDn('CN', 'Servers', siteDn(configurationDn, options.site)));
  const control = isReadOnly
    ? partialSecrets | uac.workstationTrustAccount
    : uac.serverTrustAccount | uac.trustedForDelegation;
  const domain = seedEntry(computer, 'computer', {
    sAMAccountName: [`${name}$`],
    userAccountControl: [String(control)],
    dNSHostName: [dnsHostName],
    servicePrincipalName: [`HOST/${dnsHostName}`, `HOST/${name}`, `ldap/${dnsHostName}`],
    ...(options.operatingSystem && { operatingSystem: [options.operatingSystem] }),
    ...(options.operatingSystemVersion && { operatingSystemVersion: [options.operatingSystemVersion] }),
    ...(options.objectSid && { objectSid: [sidOctets(options.objectSid)] }),
    isCriticalSystemObject: ['TRUE'],
  });
  const configuration = [
    seedEntry(server, 'server', {
      systemFlags: [serverFlags],
      dNSHostName: [dnsHostName],
      serverReference: [computer],
    }),
    seedEntry(childDn('CN', 'NTDS Settings', server), isReadOnly ? 'nTDSDSARO' : 'nTDSDSA', {
      dMDLocation: [options.schemaDn],
      invocationId: [randomBytes(16)],
      // NTDSDSA_OPT_IS_GC
      options: ['1'],
      systemFlags: [settingsFlags],
      'msDS-Behavior-Version': [behaviorVersion],
      'msDS-HasDomainNCs': [baseDn],
      ...replicas(options),
    }),
  ];
  return { domain, configuration };
}

/** Which contexts it holds: writable ones are masters, an RODC's are full replicas without (MS-ADTS 6.1.1.2.2.1.2.1.1). */
function replicas({
  isReadOnly,
  schemaDn,
  baseDn,
  configurationDn,
}: ControllerOptions): Record<string, Value[]> {
  const held = [schemaDn, baseDn, configurationDn];
  if (isReadOnly) return { 'msDS-hasFullReplicaNCs': held };
  return { hasMasterNCs: held, 'msDS-hasMasterNCs': held };
}

export function dnsNameOf(baseDn: string): string {
  return parseDn(baseDn)
    .map(({ value }) => value)
    .join('.');
}

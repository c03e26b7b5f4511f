import { type ControllerFacts, firstCapableBuild } from '../../domain/facts/domain-facts.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { normalDn, parentDn, parseDn, sameDn } from '../dn.ts';
import { type Entry, text, texts } from '../entry.ts';
import { all, anyOf, byRule, equals } from '../filters.ts';
import { bitOrRule, uac } from '../schema.ts';
import { buildOf } from './read-computers.ts';

/**
 * The DCs of this domain, by name, in two searches. A DC has an NTDS DSA object below its server object in a site, and
 * the server object refers to the computer object (MS-ADTS 6.1.1.2.2.1.2): a demoted DC has lost the first, one that was
 * torn out the last, and neither counts. An RODC's is of class nTDSDSARO (MS-ADSC). DCs of other domains of the forest
 * are in the same sites, and have their computer objects elsewhere.
 */
export async function readControllers(directory: Directory): Promise<ControllerFacts[]> {
  const { baseDn, configurationDn } = directory.rootDse();
  const bits = String(uac.serverTrustAccount | uac.partialSecretsAccount);
  const computers = await searchDomain(
    directory,
    all(equals.text('objectClass', 'computer'), byRule('userAccountControl', bitOrRule, bits)),
    ['dNSHostName', 'cn', 'operatingSystemVersion'],
  );
  const inSites = await directory.search(`CN=Sites,${configurationDn}`, {
    scope: 'sub',
    filter: anyOf.text('objectClass', ['server', 'nTDSDSA', 'nTDSDSARO']),
    attributes: ['objectClass', 'serverReference', 'msDS-HasDomainNCs'],
  });
  const servers = byDn(inSites.filter((entry) => isOf(entry, 'server')));
  const byReference = byDn(computers);
  return inSites
    .filter((entry) => !isOf(entry, 'server') && holds(entry, baseDn))
    .flatMap((agent): ControllerFacts[] => {
      const server = servers.get(normalDn(parentDn(agent.dn)));
      const reference = server && text(server, 'serverReference');
      const computer = reference ? byReference.get(normalDn(reference)) : undefined;
      if (!server || !computer) return [];
      return [
        {
          name: (text(computer, 'dNSHostName') ?? text(computer, 'cn') ?? computer.dn).toLowerCase(),
          site: siteOf(server.dn),
          writable: !isOf(agent, 'nTDSDSARO'),
          build: buildOf(computer),
        },
      ];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of the DCs that can carry out a migration: writable, and Windows Server 2025 or later [faq]. */
export function capable(controllers: ControllerFacts[]): string[] {
  return controllers
    .filter(({ writable, build }) => writable && (build ?? 0) >= firstCapableBuild)
    .map(({ name }) => name);
}

/** `msDS-HasDomainNCs` names the domain that a DC is of; where it may not be read, the computer object decides alone. */
function holds(agent: Entry, baseDn: string): boolean {
  const domains = texts(agent, 'msDS-HasDomainNCs');
  return domains.length === 0 || domains.some((domain) => sameDn(domain, baseDn));
}

/** `CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,…` (MS-ADTS 6.1.1.2.2.1.2). */
function siteOf(serverDn: string): string {
  return parseDn(serverDn)[2]?.value ?? serverDn;
}

function isOf(entry: Entry, name: string): boolean {
  return texts(entry, 'objectClass').some((each) => each.toLowerCase() === name.toLowerCase());
}

function byDn(entries: Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [normalDn(entry.dn), entry]));
}

import type { DomainFacts } from '../domain/facts.ts';
import type { PlanDomain } from '../domain/plan.ts';
import type { Directory } from './directory.ts';
import { type Entry, text } from './entry.ts';
import { fileTimeToIso } from './file-time.ts';
import { all, equals } from './filters.ts';
import { dmsaClass, uac } from './schema.ts';

/** What the domain must offer, in three searches: schema class, domain controllers, KDS root keys. */
export async function readDomain(directory: Directory): Promise<DomainFacts> {
  const { baseDn, schemaDn, configurationDn } = directory;
  const [schema, controllers, keys] = [
    await directory.search(schemaDn, {
      scope: 'one',
      filter: equals.text('lDAPDisplayName', dmsaClass),
      attributes: ['lDAPDisplayName'],
    }),
    // A writable DC is a computer with the server trust bit; an RODC has the partial secrets bit instead
    // (MS-ADTS 6.1.1.3.1, userAccountControl).
    await directory.search(baseDn, {
      scope: 'sub',
      filter: all(
        equals.text('objectClass', 'computer'),
        `(userAccountControl:1.2.840.113556.1.4.803:=${uac.serverTrustAccount})`,
      ),
      attributes: ['dNSHostName', 'cn', 'operatingSystem', 'operatingSystemVersion'],
    }),
    // Root keys live under Services in the configuration partition (MS-GKDI 3.1.4.1, MS-ADSC class
    // msKds-ProvRootKey).
    await directory.search(
      `CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,${configurationDn}`,
      {
        scope: 'one',
        filter: equals.text('objectClass', 'msKds-ProvRootKey'),
        attributes: ['msKds-UseStartTime'],
      },
    ),
  ];
  const effective = keys
    .map((key) => fileTimeToIso(text(key, 'msKds-UseStartTime')))
    .filter((time) => time !== null);
  return {
    schemaHasDmsa: schema.length > 0,
    capableDcs: controllers.filter(isCapable).map(dcName).sort(),
    kdsEffectiveAt: effective.sort()[0] ?? null,
  };
}

/** Windows Server 2025 is build 26100: `operatingSystemVersion` reads `10.0 (26100)`. */
function isCapable(controller: Entry): boolean {
  const build = /\((\d+)\)/.exec(text(controller, 'operatingSystemVersion') ?? '')?.[1];
  return Number(build ?? 0) >= 26100;
}

function dcName(controller: Entry): string {
  return text(controller, 'dNSHostName') ?? text(controller, 'cn') ?? controller.dn;
}

/** The names of the domain, from its crossRef in the partitions container (MS-ADTS 6.1.1.2.1.1). */
export async function readDomainNames(directory: Directory): Promise<Omit<PlanDomain, 'server'>> {
  const [crossRef] = await directory.search(`CN=Partitions,${directory.configurationDn}`, {
    scope: 'one',
    filter: equals.text('nCName', directory.baseDn),
    attributes: ['nETBIOSName', 'dnsRoot', 'systemFlags'],
  });
  const labels = [...directory.baseDn.matchAll(/DC=([^,]+)/gi)].map((match) => match[1]!);
  return {
    baseDn: directory.baseDn,
    dnsName: (crossRef && text(crossRef, 'dnsRoot')) ?? labels.join('.'),
    netbiosName: (crossRef && text(crossRef, 'nETBIOSName')) ?? labels[0]!.toUpperCase(),
  };
}

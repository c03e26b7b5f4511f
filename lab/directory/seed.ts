import { childDn, parseDn } from '../../src/directory/dn.ts';
import type { Value } from '../../src/directory/entry.ts';
import { guidOctets } from '../../src/directory/guid.ts';
import { attribute, dmsaClass } from '../../src/directory/schema.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { builtinObjects } from './builtin.ts';
import {
  controllerObjects,
  defaultSite,
  domainCrossRef,
  type ForestContexts,
  partitionObjects,
  siteObjects,
  sitesObjects,
} from './forest.ts';
import { seedEntry as entry, type SeedEntry } from './seed-entry.ts';

/** What makes one lab domain differ from another. */
export interface DomainOptions {
  /** `DC=lab,DC=example` */
  baseDn: string;
  /** `LAB` */
  netbiosName: string;
  /** `S-1-5-21-…`, without a RID. */
  domainSid: string;
  /** DNS name of the DC that serves the directory. */
  dnsHostName: string;
  now: () => Date;
  /** Site of the DC; Default-First-Site-Name where absent. */
  site?: string;
  /** NetBIOS name of the domain above, which a child has. */
  parentNetbiosName?: string;
  /** Schema objects, by lDAPDisplayName, that this forest does not have yet. */
  lacking?: string[];
}

/** The delegated account's attributes with what dmsa-domain.md has of their definitions [schema]. */
const dmsaAttributes: Record<string, Record<string, Value[]>> = {
  [attribute.dmsaState]: { attributeSyntax: ['2.5.5.9'] },
  [attribute.passwordInterval]: { attributeSyntax: ['2.5.5.9'] },
  [attribute.principals]: {
    attributeSyntax: ['2.5.5.15'],
    schemaIDGUID: [guidOctets('888eedd6-ce04-df40-b462-b8a50e41ba38')],
  },
  [attribute.accountState]: {
    attributeSyntax: ['2.5.5.9'],
    schemaIDGUID: [guidOctets('a4693096-a4c3-4ecd-b8cb-73cd6398b7a2')],
  },
  [attribute.precededBy]: link(2375, 2224, 'a0945b2b-57a2-43bd-b327-4d112a4e8bd1'),
  'msDS-ManagedAccountPrecededByLinkBL': link(2376, 2225, '94774af0-5355-402c-9c9a-12470c873e4a'),
  [attribute.supersededBy]: link(2373, 2222, '3752e002-43be-48c8-b3ca-2cb2fffbc8a1'),
  'msDS-SupersededManagedAccountLinkBL': link(2374, 2223, 'fa05730a-9efd-4bba-a4a6-1c9e54ef57d5'),
};

const dmsaAttributeNames = new Set(Object.keys(dmsaAttributes).map((name) => name.toLowerCase()));

/** Whether the attribute is one that a forest may lack because its schema is older. */
export function isDmsaAttribute(name: string): boolean {
  return dmsaAttributeNames.has(name.toLowerCase());
}

/** RID of the first DC's computer object, as Samba gives it out. */
const firstControllerRid = 1000;

/** The objects of a new forest of one domain, what is named before what names it; no accounts, hosts or keys. */
export function seedDomain(options: DomainOptions): SeedEntry[] {
  const { baseDn, domainSid } = options;
  const configurationDn = childDn('CN', 'Configuration', baseDn);
  const schemaDn = childDn('CN', 'Schema', configurationDn);
  const contexts = { baseDn, configurationDn, schemaDn };
  const services = childDn('CN', 'Services', configurationDn);
  const keyService = childDn('CN', 'Group Key Distribution Service', services);
  const controller = firstController(options, contexts);
  return [
    domainHead(options),
    entry(configurationDn, 'configuration'),
    entry(schemaDn, 'dMD', { objectVersion: ['91'] }),
    ...schemaObjects(schemaDn, options.lacking ?? []),
    ...partitionObjects(contexts, options.netbiosName),
    ...sitesObjects(configurationDn),
    ...(options.site && options.site !== defaultSite ? siteObjects(configurationDn, options.site) : []),
    entry(services, 'container'),
    entry(keyService, 'container'),
    entry(childDn('CN', 'Master Root Keys', keyService), 'container'),
    ...builtinObjects({ baseDn, domainSid, isForestRoot: true }),
    controller.domain,
    ...controller.configuration,
  ];
}

/** What a new domain brings into a forest that is there: itself, its crossRef, and its DC in a site that is there. */
export function seedChildDomain(
  options: DomainOptions,
  { configurationDn, schemaDn }: { configurationDn: string; schemaDn: string },
): SeedEntry[] {
  const { baseDn, domainSid, netbiosName } = options;
  const contexts = { baseDn, configurationDn, schemaDn };
  const above = options.parentNetbiosName;
  const parentCrossRef = above && childDn('CN', above, childDn('CN', 'Partitions', configurationDn));
  const controller = firstController(options, contexts);
  return [
    domainHead(options),
    domainCrossRef(contexts, netbiosName, parentCrossRef),
    ...builtinObjects({ baseDn, domainSid, isForestRoot: false }),
    controller.domain,
    ...controller.configuration,
  ];
}

function domainHead({ baseDn, domainSid }: DomainOptions): SeedEntry {
  const [first] = parseDn(baseDn);
  return entry(baseDn, 'domainDNS', { dc: [first!.value], objectSid: [sidOctets(domainSid)] });
}

function firstController({ dnsHostName, site, domainSid }: DomainOptions, contexts: ForestContexts) {
  return controllerObjects({
    ...contexts,
    dnsHostName,
    site: site ?? defaultSite,
    isReadOnly: false,
    objectSid: `${domainSid}-${firstControllerRid}`,
  });
}

function schemaObjects(schema: string, lacking: string[]): SeedEntry[] {
  const attributes = Object.entries(dmsaAttributes).map(([name, definition]) =>
    entry(childDn('CN', name, schema), 'attributeSchema', { lDAPDisplayName: [name], ...definition }),
  );
  const ownClass = entry(childDn('CN', dmsaClass, schema), 'classSchema', {
    lDAPDisplayName: [dmsaClass],
    governsID: ['1.2.840.113556.1.5.302'],
    schemaIDGUID: [guidOctets('0feb936f-47b3-49f2-9386-1dedc2c23765')],
    subClassOf: ['computer'],
    systemMustContain: [attribute.dmsaState, attribute.passwordInterval],
  });
  return [...attributes, ownClass].filter(
    ({ attributes: { lDAPDisplayName } }) => !lacking.includes(String(lDAPDisplayName)),
  );
}

function link(oidEnd: number, linkId: number, schemaId: string): Record<string, Value[]> {
  return {
    attributeSyntax: ['2.5.5.1'],
    attributeID: [`1.2.840.113556.1.4.${oidEnd}`],
    linkID: [String(linkId)],
    schemaIDGUID: [guidOctets(schemaId)],
  };
}

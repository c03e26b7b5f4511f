import type { LdapFilter } from './filter.ts';

/**
 * Common names of the schema's class objects (MS-ADSC, cn of each class): a class's defaultObjectCategory is its own
 * DN, but for persons and configuration partitions of other classes as below.
 */
const commonNames: Record<string, string> = {
  person: 'Person',
  contact: 'Person',
  organizationalPerson: 'Person',
  user: 'Person',
  inetOrgPerson: 'Person',
  computer: 'Computer',
  'msDS-ManagedServiceAccount': 'ms-DS-Managed-Service-Account',
  'msDS-GroupManagedServiceAccount': 'ms-DS-Group-Managed-Service-Account',
  'msDS-DelegatedManagedServiceAccount': 'ms-DS-Delegated-Managed-Service-Account',
  group: 'Group',
  foreignSecurityPrincipal: 'Foreign-Security-Principal',
  container: 'Container',
  organizationalUnit: 'Organizational-Unit',
  domain: 'Domain-DNS',
  domainDNS: 'Domain-DNS',
  builtinDomain: 'Builtin-Domain',
  lostAndFound: 'Lost-And-Found',
  trustedDomain: 'Trusted-Domain',
  configuration: 'Configuration',
  dMD: 'DMD',
  classSchema: 'Class-Schema',
  attributeSchema: 'Attribute-Schema',
  crossRefContainer: 'Cross-Ref-Container',
  crossRef: 'Cross-Ref',
  sitesContainer: 'Sites-Container',
  site: 'Site',
  subnetContainer: 'Subnet-Container',
  subnet: 'Subnet',
  interSiteTransportContainer: 'Inter-Site-Transport-Container',
  interSiteTransport: 'Inter-Site-Transport',
  nTDSSiteSettings: 'NTDS-Site-Settings',
  serversContainer: 'Servers-Container',
  server: 'Server',
  nTDSDSA: 'NTDS-DSA',
  nTDSDSARO: 'NTDS-DSA-RO',
  'msKds-ProvRootKey': 'ms-Kds-Prov-RootKey',
  'msDS-AuthNPolicies': 'ms-DS-AuthN-Policies',
  'msDS-AuthNPolicySilos': 'ms-DS-AuthN-Policy-Silos',
  'msDS-AuthNPolicy': 'ms-DS-AuthN-Policy',
  'msDS-AuthNPolicySilo': 'ms-DS-AuthN-Policy-Silo',
};

const byLowerName = new Map(Object.entries(commonNames).map(([name, cn]) => [name.toLowerCase(), cn]));

/** objectCategory of a class, or null for one that the lab does not know. */
export function categoryDn(className: string, schemaDn: string): string | null {
  const commonName = byLowerName.get(className.toLowerCase());
  return commonName ? `CN=${commonName},${schemaDn}` : null;
}

/** The filter with DNs in the place of class names: `(objectCategory=person)` (MS-ADTS 3.1.1.3.1.3.5). */
export function withCategoryDns(filter: LdapFilter, schemaDn: string): LdapFilter {
  if (filter.kind === 'and' || filter.kind === 'or') {
    return { ...filter, filters: filter.filters.map((each) => withCategoryDns(each, schemaDn)) };
  }
  if (filter.kind === 'not') return { ...filter, filter: withCategoryDns(filter.filter, schemaDn) };
  if (filter.kind !== 'equal' || filter.attribute.toLowerCase() !== 'objectcategory') return filter;
  const dn = categoryDn(filter.value.toString(), schemaDn);
  return dn ? { ...filter, value: Buffer.from(dn) } : filter;
}

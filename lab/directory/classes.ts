import { dmsaClass } from '../../src/directory/schema.ts';
import { refusal } from './diagnostics.ts';

/** Superclass of each class that the lab knows (MS-ADSC). */
const superclasses: Record<string, string> = {
  person: 'top',
  organizationalPerson: 'person',
  contact: 'organizationalPerson',
  user: 'organizationalPerson',
  inetOrgPerson: 'user',
  computer: 'user',
  'msDS-ManagedServiceAccount': 'computer',
  'msDS-GroupManagedServiceAccount': 'computer',
  [dmsaClass]: 'computer',
  group: 'top',
  container: 'top',
  organizationalUnit: 'top',
  domain: 'top',
  domainDNS: 'domain',
  foreignSecurityPrincipal: 'top',
  configuration: 'top',
  dMD: 'top',
  classSchema: 'top',
  attributeSchema: 'top',
  crossRefContainer: 'top',
  crossRef: 'top',
  sitesContainer: 'top',
  subnetContainer: 'top',
  subnet: 'top',
  interSiteTransportContainer: 'top',
  interSiteTransport: 'top',
  applicationSiteSettings: 'top',
  nTDSSiteSettings: 'applicationSiteSettings',
  builtinDomain: 'top',
  lostAndFound: 'top',
  leaf: 'top',
  trustedDomain: 'leaf',
  site: 'top',
  serversContainer: 'top',
  server: 'top',
  applicationSettings: 'top',
  nTDSDSA: 'applicationSettings',
  nTDSDSARO: 'nTDSDSA',
  'msKds-ProvRootKey': 'top',
  'msDS-AuthNPolicies': 'top',
  'msDS-AuthNPolicySilos': 'top',
  'msDS-AuthNPolicy': 'top',
  'msDS-AuthNPolicySilo': 'top',
};

const spelling = new Map(['top', ...Object.keys(superclasses)].map((name) => [name.toLowerCase(), name]));

/**
 * The classes of a new object from `top` down to its own, as AD fills objectClass in (MS-ADTS 3.1.1.5.2.4). Throws
 * LdapFailure 16 for a class that is unknown, 65 for none at all and for classes that are not of one line.
 */
export function classChain(given: string[]): string[] {
  if (given.length === 0) throw refusal.classViolation();
  const names = given.map((name) => spelling.get(name.toLowerCase()) ?? unknown());
  const [longest] = names.map(lineOf).sort((a, b) => b.length - a.length);
  if (!names.every((name) => longest!.includes(name))) throw refusal.classViolation();
  return longest!;
}

/** Security principals, which get an objectSid (MS-ADTS 3.1.1.1.3): users of every kind, and groups. */
export function isPrincipalClass(chain: string[]): boolean {
  return chain.includes('user') || chain.includes('group');
}

function lineOf(name: string): string[] {
  return name === 'top' ? ['top'] : [...lineOf(superclasses[name]!), name];
}

function unknown(): never {
  throw refusal.unknownType();
}

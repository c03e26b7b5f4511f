import { dmsaClass } from '../../directory/schema.ts';

/** Superclass of each class that the lab knows (MS-ADSC). */
const superclasses: Record<string, string> = {
  person: 'top',
  organizationalPerson: 'person',
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
  site: 'top',
  serversContainer: 'top',
  server: 'top',
  applicationSettings: 'top',
  nTDSDSA: 'applicationSettings',
  nTDSDSARO: 'nTDSDSA',
  'msKds-ProvRootKey': 'top',
  'msDS-AuthNPolicy': 'top',
  'msDS-AuthNPolicySilo': 'top',
};

const spelling = new Map(Object.keys(superclasses).map((name) => [name.toLowerCase(), name]));

/**
 * The classes of a new object from `top` down to its own, as AD fills objectClass in (MS-ADTS 3.1.1.5.2.4), or null
 * where one is unknown or they are not of one line.
 */
export function classChain(given: string[]): string[] | null {
  const names = given.map((name) =>
    name.toLowerCase() === 'top' ? 'top' : spelling.get(name.toLowerCase()),
  );
  if (names.length === 0 || names.includes(undefined)) return null;
  const chains = names.map((name) => lineOf(name!)).sort((a, b) => b.length - a.length);
  const [longest] = chains;
  return names.every((name) => longest!.includes(name!)) ? longest! : null;
}

/** Security principals, which get an objectSid (MS-ADTS 3.1.1.1.3): users of every kind, and groups. */
export function isPrincipalClass(chain: string[]): boolean {
  return chain.includes('user') || chain.includes('group');
}

function lineOf(name: string): string[] {
  return name === 'top' ? ['top'] : [...lineOf(superclasses[name]!), name];
}

import { attribute, dmsaClass } from '../../src/directory/schema.ts';
import { refusal } from './diagnostics.ts';
import type { StoredEntry } from './stored-entry.ts';

/** Where accounts and groups may be: possSuperiors of their classes (MS-ADSC), as a Samba domain has them. */
const accountPlaces = ['container', 'organizationalUnit', 'domainDNS', 'builtinDomain', 'lostAndFound'];
/** An organizational unit is never below a container. */
const unitPlaces = ['organizationalUnit', 'domainDNS', 'lostAndFound'];
/** No container is below these. */
const leaves = ['user', 'group', 'contact', 'foreignSecurityPrincipal', 'builtinDomain'];

/** Throws LdapFailure 64 where an object of these classes may not be below that one. */
export function requireSuperior(classes: string[], superior: StoredEntry): void {
  const above = (superior.attributes.get('objectclass') ?? []).map(String);
  const isAccount = ['user', 'group', 'contact'].some((name) => classes.includes(name));
  const places = isAccount ? accountPlaces : classes.includes('organizationalUnit') ? unitPlaces : null;
  const isContainer = classes.at(-1) === 'container';
  const allowed = places
    ? places.includes(above.at(-1) ?? '')
    : !(isContainer && leaves.some((name) => above.includes(name)));
  if (!allowed) throw refusal.illegalSuperior(superior.dn);
}

/** The attribute that names objects of these classes, in lower case: rDNAttID of their class (MS-ADSC). */
export function rdnTypeOf(classes: string[]): string {
  if (classes.includes('organizationalUnit')) return 'ou';
  return classes.includes('domain') ? 'dc' : 'cn';
}

/** Attributes that only objects of some classes may have, in lower case: mayContain and mustContain (MS-ADSC). */
const classesOf = new Map(
  Object.entries({
    dNSHostName: ['computer', 'server', 'nTDSDSA'],
    operatingSystem: ['computer'],
    operatingSystemVersion: ['computer'],
    operatingSystemServicePack: ['computer'],
    member: ['group'],
    groupType: ['group'],
    userAccountControl: ['user'],
    primaryGroupID: ['user'],
    servicePrincipalName: ['user'],
    userPrincipalName: ['user'],
    [attribute.allowedToDelegateTo]: ['user'],
    [attribute.dmsaState]: [dmsaClass],
    [attribute.precededBy]: [dmsaClass],
    [attribute.accountState]: ['user'],
    [attribute.supersededBy]: ['user'],
    sAMAccountName: ['user', 'group', 'foreignSecurityPrincipal', 'builtinDomain', 'domain'],
  }).map(([name, classes]) => [name.toLowerCase(), classes]),
);

export function isAllowed(name: string, classes: string[]): boolean {
  return classesOf.get(name)?.some((each) => classes.includes(each)) ?? true;
}

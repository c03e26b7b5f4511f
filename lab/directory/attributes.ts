import { attribute } from '../../src/directory/schema.ts';
import { type AttributeRow, attributeRows, type Syntax } from './attribute-table.ts';

export type { Syntax } from './attribute-table.ts';

export interface AttributeDefinition {
  name: string;
  syntax: Syntax;
  /** Number of values is at most one. */
  single: boolean;
  /** Maintained by the DC: an LDAP client may not write it (MS-ADTS 3.1.1.5.3.2, systemOnly). */
  systemOnly: boolean;
  /** Number by which diagnostic texts name it, its ATTRTYP (MS-DRSR); 0 where its OID is not known here. */
  type: number;
}

/** Links and their back links; AD keeps the back link [schema]. */
export const links: Record<string, string> = {
  [attribute.precededBy]: 'msDS-ManagedAccountPrecededByLinkBL',
  [attribute.supersededBy]: 'msDS-SupersededManagedAccountLinkBL',
  member: 'memberOf',
  serverReference: 'serverReferenceBL',
  hasMasterNCs: 'masteredBy',
  'msDS-hasMasterNCs': 'msDs-masteredBy',
  'msDS-HasDomainNCs': 'msDS-IsDomainFor',
  'msDS-hasFullReplicaNCs': 'msDS-IsFullReplicaFor',
  [attribute.authenticationPolicy]: 'msDS-AssignedAuthNPolicyBL',
  [attribute.authenticationSilo]: 'msDS-AssignedAuthNPolicySiloBL',
  'msDS-UserAuthNPolicy': 'msDS-UserAuthNPolicyBL',
  'msDS-ServiceAuthNPolicy': 'msDS-ServiceAuthNPolicyBL',
  'msDS-ComputerAuthNPolicy': 'msDS-ComputerAuthNPolicyBL',
  'msDS-AuthNPolicySiloMembers': 'msDS-AuthNPolicySiloMembersBL',
  'msDS-HostServiceAccount': 'msDS-HostServiceAccountBL',
  'msDS-KrbTgtLink': 'msDS-KrbTgtLinkBl',
  manager: 'directReports',
  managedBy: 'managedObjects',
  siteObject: 'siteObjectBL',
};

const definitions = new Map(attributeRows.map((row) => [row[0].toLowerCase(), define(row)]));
const byOid = new Map(attributeRows.flatMap((row) => (row[3] === 0 ? [] : [[oidOf(row[3]), row[0]]])));
const backLinks = new Set(
  attributeRows.filter(([, , kind]) => kind === 'back-link').map(([name]) => name.toLowerCase()),
);

/** Of an attribute that the schema does not have, too: as text of any number of values. */
export function definitionOf(name: string): AttributeDefinition {
  const known = definitions.get(name.toLowerCase());
  return known ?? { name, syntax: 'text', single: false, systemOnly: false, type: 0 };
}

export function isKnownAttribute(name: string): boolean {
  return definitions.has(name.toLowerCase());
}

export function isBackLink(name: string): boolean {
  return backLinks.has(name.toLowerCase());
}

/** The name of what a search may also ask for by its OID; null for an OID that the lab does not know. */
export function attributeOfOid(oid: string): string | null {
  return byOid.get(oid) ?? null;
}

function define([name, syntax, kind, type]: AttributeRow): AttributeDefinition {
  const single = kind === 'single' || kind === 'system';
  return { name, syntax, single, systemOnly: kind === 'system', type };
}

/** The prefix table that every forest has (MS-DRSR 5.16.4): its upper half stands for the beginning of an OID. */
function oidOf(type: number): string {
  const prefixes: Record<number, string> = { 0: '2.5.4', 2: '1.2.840.113556.1.2', 9: '1.2.840.113556.1.4' };
  return `${prefixes[type >>> 16]}.${type & 0xffff}`;
}

import { attribute } from '../../directory/schema.ts';

/**
 * How AD compares and keeps the values of an attribute (MS-ADTS 3.1.1.2.2.2). What is not in the table is kept as
 * text that compares ignoring case, with any number of values.
 */
export type Syntax = 'text' | 'integer' | 'octets' | 'sid' | 'descriptor' | 'dn' | 'time';

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
};

type Row = [name: string, syntax: Syntax, kind: 'single' | 'many' | 'system' | 'back-link', type?: number];

const rows: Row[] = [
  ['objectClass', 'text', 'many', 0],
  ['objectGUID', 'octets', 'system', 0x90002],
  ['objectSid', 'sid', 'system', 0x90092],
  ['distinguishedName', 'dn', 'system', 0x31],
  ['name', 'text', 'single', 0x90001],
  ['cn', 'text', 'single', 0x3],
  ['whenCreated', 'time', 'system', 0x20002],
  ['whenChanged', 'time', 'system', 0x20003],
  ['uSNCreated', 'integer', 'system', 0x20013],
  ['uSNChanged', 'integer', 'system', 0x20078],
  ['nTSecurityDescriptor', 'descriptor', 'single', 0x20119],
  ['sAMAccountName', 'text', 'single', 0x900dd],
  ['userAccountControl', 'integer', 'single', 0x90008],
  ['userPrincipalName', 'text', 'single', 0x90290],
  ['primaryGroupID', 'integer', 'single', 0x90062],
  ['adminCount', 'integer', 'single', 0x90096],
  ['pwdLastSet', 'integer', 'single', 0x90060],
  ['groupType', 'integer', 'single', 0x902ee],
  ['objectVersion', 'integer', 'single'],
  ['systemFlags', 'integer', 'single', 0x90177],
  ['linkID', 'integer', 'single'],
  ['nCName', 'dn', 'single', 0x20010],
  ['schemaIDGUID', 'octets', 'single'],
  ['dNSHostName', 'text', 'single', 0x9026b],
  ['description', 'text', 'many', 0xd],
  ['member', 'dn', 'many', 0x1f],
  ['memberOf', 'dn', 'back-link', 0x20066],
  [attribute.servicePrincipalName, 'text', 'many', 0x90303],
  [attribute.allowedToDelegateTo, 'text', 'many'],
  [attribute.actOnBehalfOf, 'descriptor', 'single'],
  [attribute.authenticationPolicy, 'dn', 'single'],
  [attribute.authenticationSilo, 'dn', 'single'],
  [attribute.encryptionTypes, 'integer', 'single'],
  [attribute.principals, 'descriptor', 'single'],
  [attribute.dmsaState, 'integer', 'single'],
  [attribute.passwordInterval, 'integer', 'single'],
  [attribute.accountState, 'integer', 'single'],
  [attribute.precededBy, 'dn', 'single', 0x90947],
  [attribute.supersededBy, 'dn', 'single', 0x90945],
  ['msDS-ManagedAccountPrecededByLinkBL', 'dn', 'back-link', 0x90948],
  ['msDS-SupersededManagedAccountLinkBL', 'dn', 'back-link', 0x90946],
  ['sAMAccountType', 'integer', 'system', 0x9012e],
  ['accountExpires', 'integer', 'single', 0x9009f],
  ['options', 'integer', 'single'],
  ['invocationId', 'octets', 'single'],
  ['msDS-Behavior-Version', 'integer', 'single'],
  ['dMDLocation', 'dn', 'single'],
  ['trustParent', 'dn', 'single'],
  ['serverReference', 'dn', 'single'],
  ['serverReferenceBL', 'dn', 'back-link'],
  ['hasMasterNCs', 'dn', 'many'],
  ['masteredBy', 'dn', 'back-link'],
  ['msDS-hasMasterNCs', 'dn', 'many'],
  ['msDs-masteredBy', 'dn', 'back-link'],
  ['msDS-HasDomainNCs', 'dn', 'many'],
  ['msDS-IsDomainFor', 'dn', 'back-link'],
  ['msDS-hasFullReplicaNCs', 'dn', 'many'],
  ['msDS-IsFullReplicaFor', 'dn', 'back-link'],
  ['msDS-AssignedAuthNPolicyBL', 'dn', 'back-link'],
  ['msDS-AssignedAuthNPolicySiloBL', 'dn', 'back-link'],
  ['msKds-CreateTime', 'integer', 'single'],
  ['msKds-UseStartTime', 'integer', 'single'],
];

const definitions = new Map(rows.map((row) => [row[0].toLowerCase(), define(row)]));
const backLinks = new Set(
  rows.filter(([, , kind]) => kind === 'back-link').map(([name]) => name.toLowerCase()),
);

export function definitionOf(name: string): AttributeDefinition {
  const known = definitions.get(name.toLowerCase());
  return known ?? { name, syntax: 'text', single: false, systemOnly: false, type: 0 };
}

export function isBackLink(name: string): boolean {
  return backLinks.has(name.toLowerCase());
}

function define([name, syntax, kind, type = 0]: Row): AttributeDefinition {
  const single = kind === 'single' || kind === 'system';
  return { name, syntax, single, systemOnly: kind === 'system', type };
}

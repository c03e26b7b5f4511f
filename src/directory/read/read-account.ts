import type {
  AccountFacts,
  AccountKind,
  DelegationFacts,
  DmsaFacts,
  Privilege,
} from '../../domain/facts/facts.ts';
import { MigrationState } from '../../domain/states.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { descriptorOf, type Entry, guidOf, integer, octets, sidOf, text, texts } from '../entry.ts';
import { fileTimeToIso } from '../file-time.ts';
import { equals } from '../filters.ts';
import { principalFacts } from '../principals/principal-facts.ts';
import { attribute, dmsaClass, samUserObject, uac, uncopiedFlags } from '../schema.ts';
import { protectedGroup } from './read-privileges.ts';

const delegationAttributes = [
  attribute.servicePrincipalName,
  attribute.allowedToDelegateTo,
  attribute.actOnBehalfOf,
  attribute.authenticationPolicy,
  attribute.authenticationSilo,
];

const identityAttributes = ['objectClass', 'objectGUID', 'objectSid', 'sAMAccountName', 'userAccountControl'];

export const accountAttributes = [
  ...identityAttributes,
  ...delegationAttributes,
  attribute.accountState,
  attribute.supersededBy,
  attribute.precededByBackLink,
  attribute.encryptionTypes,
  'sAMAccountType',
  'userPrincipalName',
  'accountExpires',
  'adminCount',
  'primaryGroupID',
  'pwdLastSet',
];

const dmsaAttributes = [
  ...identityAttributes,
  ...delegationAttributes,
  attribute.dmsaState,
  attribute.precededBy,
  attribute.supersededByBackLink,
  attribute.principals,
  attribute.encryptionTypes,
  'description',
];

/** The superseded account by its GUID, which survives renames and moves; null where it is gone. One search. */
export async function readAccount(directory: Directory, guid: string): Promise<AccountFacts | null> {
  const [entry] = await searchDomain(directory, equals.guid('objectGUID', guid), accountAttributes);
  return entry ? accountFacts(entry) : null;
}

/** Whatever holds the dMSA's sAMAccountName, be it a dMSA or not; null where the name is free. One search. */
export async function readDmsa(directory: Directory, samAccountName: string): Promise<DmsaFacts | null> {
  const filter = equals.text('sAMAccountName', samAccountName);
  const [entry] = await searchDomain(directory, filter, dmsaAttributes);
  return entry ? dmsaFacts(entry) : null;
}

export function accountFacts(entry: Entry): AccountFacts {
  const control = integer(entry, 'userAccountControl') ?? 0;
  return {
    ...delegationFacts(entry),
    ...identityFacts(entry),
    userPrincipalName: text(entry, 'userPrincipalName'),
    kind: kindOf(entry),
    enabled: (control & uac.accountDisabled) === 0,
    expiresAt: fileTimeToIso(text(entry, 'accountExpires')),
    privilegedBecause: privilege(entry),
    unconstrainedDelegation: (control & uac.trustedForDelegation) !== 0,
    flags: Object.keys(uncopiedFlags).filter((name) => (control & uncopiedFlags[name]!) !== 0),
    encryptionTypes: integer(entry, attribute.encryptionTypes),
    state: (integer(entry, attribute.accountState) ?? MigrationState.Unlinked) as MigrationState,
    supersededBy: text(entry, attribute.supersededBy),
    claimedBy: texts(entry, attribute.precededByBackLink).sort(),
    passwordLastSet: fileTimeToIso(text(entry, 'pwdLastSet')),
  };
}

function dmsaFacts(entry: Entry): DmsaFacts {
  return {
    ...delegationFacts(entry),
    ...identityFacts(entry),
    isDmsa: kindOf(entry) === 'dmsa',
    description: text(entry, 'description'),
    enabled: ((integer(entry, 'userAccountControl') ?? 0) & uac.accountDisabled) === 0,
    state: (integer(entry, attribute.dmsaState) ?? MigrationState.Unlinked) as MigrationState,
    precededBy: text(entry, attribute.precededBy),
    claimedBy: texts(entry, attribute.supersededByBackLink).sort(),
    ...principalFacts(octets(entry, attribute.principals), descriptorOf(entry, attribute.principals)),
    encryptionTypes: integer(entry, attribute.encryptionTypes),
  };
}

/** Identity of an object, in every form that outlives something. */
export function identityFacts(entry: Entry): Pick<AccountFacts, 'dn' | 'guid' | 'sid' | 'samAccountName'> {
  return {
    dn: entry.dn,
    guid: guidOf(entry, 'objectGUID'),
    sid: sidOf(entry, 'objectSid'),
    samAccountName: text(entry, 'sAMAccountName') ?? '',
  };
}

function delegationFacts(entry: Entry): DelegationFacts {
  const control = integer(entry, 'userAccountControl') ?? 0;
  return {
    servicePrincipalNames: texts(entry, attribute.servicePrincipalName).sort(),
    allowedToDelegateTo: texts(entry, attribute.allowedToDelegateTo).sort(),
    actOnBehalfOf: octets(entry, attribute.actOnBehalfOf)?.toString('base64') ?? null,
    authenticationPolicy: text(entry, attribute.authenticationPolicy),
    authenticationSilo: text(entry, attribute.authenticationSilo),
    trustedToAuthForDelegation: (control & uac.trustedToAuthForDelegation) !== 0,
  };
}

/**
 * From the most specific class down: a dMSA is a computer, and a computer is a user (MS-ADSC). An object of class user
 * is a plain user only where sAMAccountType says so: the account of a trust is of that class, too (MS-SAMR 3.1.1.8.1).
 */
export function kindOf(entry: Entry): AccountKind {
  const classes = texts(entry, 'objectClass').map((name) => name.toLowerCase());
  if (classes.includes(dmsaClass.toLowerCase())) return 'dmsa';
  if (classes.includes('msds-groupmanagedserviceaccount')) return 'gmsa';
  if (classes.includes('msds-managedserviceaccount')) return 'smsa';
  if (classes.includes('computer')) return 'computer';
  const type = integer(entry, 'sAMAccountType') ?? samUserObject;
  return classes.includes('user') && type === samUserObject ? 'user' : 'other';
}

/** RIDs of the built-in Administrator and of krbtgt (MS-DTYP 2.4.2.4). */
const builtIn: Record<string, string> = { 500: 'the built-in Administrator', 502: 'krbtgt' };

function privilege(entry: Entry): Privilege | null {
  const sid = sidOf(entry, 'objectSid');
  const rid = sid.split('-').at(-1)!;
  const name = builtIn[rid];
  if (name) return { kind: 'built-in', name };
  if (integer(entry, 'adminCount') === 1) return { kind: 'admin-count' };
  const group = protectedGroup(`${sid.slice(0, -rid.length)}${text(entry, 'primaryGroupID')}`);
  return group === null ? null : { kind: 'primary-group', group };
}

import { uac } from '../../src/directory/schema.ts';
import { refusal } from './diagnostics.ts';
import type { Attributes, StoredEntry } from './stored-entry.ts';

/** userAccountControl bit 0x4000000, ADS_UF_PARTIAL_SECRETS_ACCOUNT (MS-ADTS 2.2.16): an RODC. */
export const partialSecrets = 0x4000000;

/** RIDs below 1000 are built in, and 1000 to 1102 those of the first DC and its DNS groups; new accounts follow. */
export const firstRid = 1103;

/** ADS_UF_INTERDOMAIN_TRUST_ACCOUNT. */
const interdomainTrust = 0x800;
/** Global security group, which a group is unless it says otherwise. */
const globalGroup = '-2147483646';
/** groupType: GROUP_TYPE_RESOURCE_GROUP, and GROUP_TYPE_BUILTIN_LOCAL_GROUP with it. */
const resourceGroup = 0x4;
/** GROUP_TYPE_SECURITY_ENABLED. */
const securityEnabled = 0x80000000;
/** ADS_UF_LOCKOUT. */
const lockedOut = 0x10;
/** accountExpires of an account that does not (MS-ADA1). */
const never = '9223372036854775807';

/** What a new account starts with, values that mean nothing yet (as Samba fills them in). */
const accountDefaults = {
  badPwdCount: '0',
  codePage: '0',
  countryCode: '0',
  badPasswordTime: '0',
  lastLogoff: '0',
  lastLogon: '0',
  pwdLastSet: '0',
  accountExpires: never,
  logonCount: '0',
};

/**
 * Fills in what the SAM derives for accounts and groups: sAMAccountType, primary group, and what a new account starts
 * with (MS-SAMR 3.1.1.8.1 and 3.1.1.8.10; the values are those that Samba fills in). Throws LdapFailure 53 for a group
 * of no known type and an account without flags, 65 for a domain controller that is no computer.
 */
export function fillSam({ attributes, spelling }: StoredEntry): void {
  const classes = (attributes.get('objectclass') ?? []).map(String);
  const set = (name: string, value: string) => {
    attributes.set(name.toLowerCase(), [value]);
    spelling.set(name.toLowerCase(), name);
  };
  const fill = (name: string, value: string) => {
    if (!attributes.has(name.toLowerCase())) set(name, value);
  };
  if (classes.includes('group')) {
    fill('groupType', globalGroup);
    set('sAMAccountType', String(groupAccountType(number(attributes, 'grouptype'))));
  }
  if (classes.includes('user')) {
    const control = accountControl(attributes);
    if (control & uac.serverTrustAccount && !classes.includes('computer')) throw refusal.classViolation();
    set('userAccountControl', String(control));
    fill('primaryGroupID', String(primaryGroup(control)));
    for (const [name, value] of Object.entries(accountDefaults)) fill(name, value);
    if (classes.includes('computer'))
      fill('isCriticalSystemObject', isController(control) ? 'TRUE' : 'FALSE');
    set('sAMAccountType', String(accountType(control)));
  }
}

/** An account that is none of machine, DC or trust is a user's; that it is locked out is not kept in it. */
function accountControl(attributes: Attributes): number {
  const given = attributes.get('useraccountcontrol')?.[0];
  if (given === undefined) throw refusal.unwilling();
  const control = Number(given) & ~lockedOut;
  const kinds = uac.normalAccount | uac.workstationTrustAccount | uac.serverTrustAccount | interdomainTrust;
  return control & kinds ? control : control | uac.normalAccount;
}

function groupAccountType(groupType: number): number {
  const scope = groupType & 0xf;
  if (![2, 4, 5, 8].includes(scope)) throw refusal.unwilling();
  const local = (scope & resourceGroup) !== 0 ? 0x20000000 : 0x10000000;
  return groupType & securityEnabled ? local : local + 1;
}

function isController(control: number): boolean {
  return (control & (uac.serverTrustAccount | partialSecrets)) !== 0;
}

function accountType(control: number): number {
  if (control & (uac.workstationTrustAccount | uac.serverTrustAccount)) return 0x30000001;
  return control & interdomainTrust ? 0x30000002 : 0x30000000;
}

/** Domain Users, Domain Computers, Domain Controllers or Read-only Domain Controllers. */
function primaryGroup(control: number): number {
  if (control & uac.serverTrustAccount) return 516;
  if (control & partialSecrets) return 521;
  return control & uac.workstationTrustAccount ? 515 : 513;
}

function number(attributes: Attributes, name: string): number {
  return Number(attributes.get(name)?.[0] ?? 0);
}

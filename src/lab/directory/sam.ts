import { uac } from '../../directory/schema.ts';
import type { Attributes, StoredEntry } from './entry-table.ts';

/** userAccountControl bit 0x4000000, ADS_UF_PARTIAL_SECRETS_ACCOUNT (MS-ADTS 2.2.16): an RODC. */
export const partialSecrets = 0x4000000;

/** ADS_UF_INTERDOMAIN_TRUST_ACCOUNT. */
const interdomainTrust = 0x800;
/** Global security group, which a group is unless it says otherwise. */
const globalGroup = '-2147483646';
/** groupType: GROUP_TYPE_RESOURCE_GROUP, and GROUP_TYPE_BUILTIN_LOCAL_GROUP with it. */
const resourceGroup = 0x4;
/** accountExpires of an account that does not (MS-ADA1). */
const never = '9223372036854775807';

/**
 * Fills in what the SAM derives for accounts and groups: sAMAccountType, primary group, and what a new account starts
 * with (MS-SAMR 3.1.1.8.1 and 3.1.1.8.10; the values are those that Samba fills in).
 */
export function fillSam({ attributes, spelling }: StoredEntry): void {
  const classes = (attributes.get('objectclass') ?? []).map(String);
  const fill = (name: string, value: string) => {
    if (!attributes.has(name.toLowerCase())) set(name, value);
  };
  const set = (name: string, value: string) => {
    attributes.set(name.toLowerCase(), [value]);
    spelling.set(name.toLowerCase(), name);
  };
  if (classes.includes('group')) {
    fill('groupType', globalGroup);
    const isLocal = (number(attributes, 'grouptype') & resourceGroup) !== 0;
    set('sAMAccountType', String(isLocal ? 0x20000000 : 0x10000000));
  }
  if (classes.includes('user')) {
    const control = number(attributes, 'useraccountcontrol');
    fill('primaryGroupID', String(primaryGroup(control)));
    fill('pwdLastSet', '0');
    fill('accountExpires', never);
    set('sAMAccountType', String(accountType(control)));
  }
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

import { childDn } from '../../src/directory/dn.ts';
import type { Value } from '../../src/directory/entry.ts';
import { attribute, uac } from '../../src/directory/schema.ts';
import { isoToFileTime } from '../formats/file-time.ts';
import type { LabAccount } from '../objects.ts';
import type { DirectoryStore } from '../store.ts';
import type { LabDomain } from '../topology.ts';
import type { Cast } from './cast.ts';
import { bringDuplicates } from './duplicates.ts';

/** userAccountControl bit 0x20 (MS-ADTS 2.2.16): lets an account be enabled that never got a password. */
const passwordNotRequired = 0x20;

/** A plain user; gives back its DN. */
export async function seedAccount({ store }: Cast, domain: LabDomain, account: LabAccount): Promise<string> {
  const dn = childDn('CN', account.name, `CN=Users,${store.baseDn}`);
  const { userPrincipalName = `${account.name}@${domain.dnsName}` } = account;
  await store.add(dn, {
    objectClass: ['top', 'person', 'organizationalPerson', 'user'],
    sAMAccountName: [account.name],
    ...(userPrincipalName !== null && { userPrincipalName: [userPrincipalName] }),
  });
  // A DC creates a user without a password as disabled: it is enabled afterwards.
  await store.replace(dn, {
    userAccountControl: [String(controlOf(account))],
    [attribute.servicePrincipalName]: account.servicePrincipalNames,
    [attribute.allowedToDelegateTo]: account.allowedToDelegateTo,
    ...(await details(store, account)),
  });
  if (account.duplicateSpns) await bringDuplicates(store, dn, account.duplicateSpns);
  return dn;
}

function controlOf(account: LabAccount): number {
  return (
    uac.normalAccount |
    passwordNotRequired |
    (account.trustedToAuthForDelegation ? uac.trustedToAuthForDelegation : 0) |
    (account.unconstrainedDelegation ? uac.trustedForDelegation : 0) |
    (account.disabled ? uac.accountDisabled : 0) |
    (account.control ?? 0)
  );
}

/** What only some topologies say: an attribute that is not named is left to the DC. */
async function details(store: DirectoryStore, account: LabAccount): Promise<Record<string, Value[]>> {
  const { adminCount, encryptionTypes, expires, passwordLastSet } = account;
  const { authenticationPolicy: policy, authenticationSilo: silo } = account;
  return {
    ...(adminCount && { adminCount: ['1'] }),
    ...(encryptionTypes !== undefined && { [attribute.encryptionTypes]: [String(encryptionTypes)] }),
    ...(expires && { accountExpires: [isoToFileTime(expires)] }),
    ...(passwordLastSet && { pwdLastSet: [isoToFileTime(passwordLastSet)] }),
    ...(policy && {
      [attribute.authenticationPolicy]: [await policyObject(store, 'Policies', 'Policy', policy)],
    }),
    ...(silo && { [attribute.authenticationSilo]: [await policyObject(store, 'Silos', 'PolicySilo', silo)] }),
  };
}

/** Below `CN=AuthN Policies` or `CN=AuthN Silos` of the forest's configuration (MS-ADTS 6.1.1.2.4.1). */
async function policyObject(
  store: DirectoryStore,
  container: 'Policies' | 'Silos',
  kind: 'Policy' | 'PolicySilo',
  name: string,
): Promise<string> {
  const above = childDn('CN', 'AuthN Policy Configuration', childDn('CN', 'Services', store.configurationDn));
  const folder = childDn('CN', `AuthN ${container}`, above);
  const dn = childDn('CN', name, folder);
  const objects: [string, string][] = [
    [above, 'container'],
    [folder, `msDS-AuthN${container === 'Policies' ? 'Policies' : 'PolicySilos'}`],
    [dn, `msDS-AuthN${kind}`],
  ];
  for (const [each, objectClass] of objects) {
    if (!(await store.read(each))) await store.add(each, { objectClass: ['top', objectClass] });
  }
  return dn;
}

import { childDn } from '../../src/directory/dn.ts';
import { octets, text } from '../../src/directory/entry.ts';
import { guidText } from '../../src/directory/guid.ts';
import { attribute, dmsaClass, uac } from '../../src/directory/schema.ts';
import { descriptorForPrincipals } from '../formats/security-descriptor.ts';
import { OperationFailure } from '../ssh/operation-failure.ts';
import { LdapFailure } from '../store.ts';
import type { DomainController } from './domain-controller.ts';

export interface NewDmsa {
  name: string;
  dnsHostName: string;
  container: string;
  description: string;
  /** `msDS-DelegatedMSAState`: 0 for a migration, 3 for a standalone one [setup 2025]. */
  state?: number;
}

/** New-ADServiceAccount -CreateDelegatedServiceAccount -KerberosEncryptionType AES256 [setup 2025]. */
export function createDmsa(
  dc: DomainController,
  request: NewDmsa,
): Promise<{ distinguishedName: string; objectGuid: string }> {
  return dc.serially(async () => {
    const distinguishedName = childDn('CN', request.name, request.container);
    try {
      await dc.store.add(distinguishedName, {
        objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer', dmsaClass],
        sAMAccountName: [`${request.name}$`],
        dNSHostName: [request.dnsHostName],
        // An attribute has values or is not there: none is empty.
        ...(request.description !== '' && { description: [request.description] }),
        userAccountControl: [String(uac.workstationTrustAccount)],
        [attribute.dmsaState]: [String(request.state ?? 0)],
        [attribute.passwordInterval]: ['30'],
        [attribute.encryptionTypes]: ['16'],
      });
    } catch (error) {
      throw refusal(error, distinguishedName);
    }
    const created = await dc.required(distinguishedName);
    return { distinguishedName: created.dn, objectGuid: guidText(octets(created, 'objectGUID')!) };
  });
}

/** Remove-ADServiceAccount, of what carries the description only. */
export function removeDmsa(
  dc: DomainController,
  dn: string,
  description: string,
): Promise<{ removed: boolean }> {
  return dc.serially(async () => {
    const entry = await dc.store.read(dn);
    if (!entry) return { removed: false };
    if (text(entry, 'description') !== description) {
      throw new OperationFailure('DMSA_NOT_OURS', 'PermissionDenied', 'The description is another one.', dn);
    }
    await dc.store.remove(dn);
    return { removed: true };
  });
}

/** Set-ADServiceAccount -PrincipalsAllowedToRetrieveManagedPassword replaces the list [setup, faq]. */
export function setPrincipals(dc: DomainController, dn: string, sids: string[]): Promise<void> {
  return dc.serially(async () => {
    await dc.required(dn);
    const value = sids.length > 0 ? [descriptorForPrincipals(sids)] : [];
    await dc.store.replace(dn, { [attribute.principals]: value });
  });
}

/** The cmdlets' own words where AD refuses the add (result 68, and 19 for a name that is taken elsewhere). */
function refusal(error: unknown, dn: string): unknown {
  if (!(error instanceof LdapFailure)) return error;
  const taken = error.code === 68 || error.code === 19;
  const code = taken ? 'DMSA_NAME_TAKEN' : 'SCRIPT_FAILED';
  return new OperationFailure(code, 'ResourceExists', error.message, dn);
}

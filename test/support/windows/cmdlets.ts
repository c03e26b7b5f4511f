import { named } from '../../../lab/controllers.ts';
import { principalsOf } from '../../../lab/formats/security-descriptor.ts';
import type { Lab } from '../../../lab/lab.ts';
import { createDmsa, setPrincipals } from '../../../lab/rules/dmsa.ts';
import type { DomainController } from '../../../lab/rules/domain-controller.ts';
import { completeMigration, startMigration, undoMigration } from '../../../lab/rules/phases.ts';
import { OperationFailure } from '../../../lab/ssh/operation-failure.ts';
import { type Entry, guidOf, octets, sidOf, text, texts } from '../../../src/directory/entry.ts';
import { guidOctets } from '../../../src/directory/guid.ts';
import { attribute } from '../../../src/directory/schema.ts';
import { decodeSecurityDescriptor } from '../../../src/directory/security/security-descriptor.ts';
import { sidOctets } from '../../../src/directory/sid.ts';
import type { AskedError, StubAccount } from '../../activities/scripts/states.ts';

/** What a cmdlet was called with, by the names of its own parameters. */
interface Called {
  Identity?: string;
  SupersededAccount?: string;
  Server?: string;
  Credential?: { user: string; password: string };
  Name?: string;
  DNSHostName?: string;
  Path?: string;
  Description?: string;
  KerberosEncryptionType?: string;
  CreateDelegatedServiceAccount?: boolean;
  PassThru?: boolean;
  PrincipalsAllowedToRetrieveManagedPassword?: string[] | null;
}

type Outcome = { accounts: StubAccount[]; error: null } | { accounts: []; error: AskedError };

/** A cmdlet of the module ActiveDirectory, by the lab's rules on the DC that its `-Server` names. */
export async function runCmdlet(
  lab: Lab,
  cmdlet: string,
  parameters: Record<string, unknown>,
): Promise<Outcome> {
  const called = parameters as Called;
  const run = cmdlets[cmdlet];
  try {
    if (!run) throw new Error(`there is no ${cmdlet}`);
    const dc = named(Object.values(lab.controllers), called.Server ?? '');
    return {
      accounts: await run(dc, { ...called, requestedBy: called.Credential?.user ?? '' }),
      error: null,
    };
  } catch (thrown) {
    return { accounts: [], error: asRecord(thrown) };
  }
}

type Cmdlet = (dc: DomainController, called: Called & { requestedBy: string }) => Promise<StubAccount[]>;

const phase =
  (rule: typeof startMigration): Cmdlet =>
  async (dc, { Identity, SupersededAccount, requestedBy }) => {
    const [dmsa, account] = [await found(dc, Identity!), await found(dc, SupersededAccount!)];
    await rule(dc, { dmsa: dmsa.dn, account: account.dn, requestedBy });
    return [];
  };

const cmdlets: Record<string, Cmdlet> = {
  'Start-ADServiceAccountMigration': phase(startMigration),
  'Complete-ADServiceAccountMigration': phase(completeMigration),
  'Undo-ADServiceAccountMigration': phase(undoMigration),
  'Get-ADServiceAccount': async (dc, { Identity }) => [asAccount(await found(dc, Identity!))],
  'New-ADServiceAccount': async (dc, called) => {
    // Without them it creates a gMSA, or one that may use RC4.
    if (!called.CreateDelegatedServiceAccount || called.KerberosEncryptionType !== 'AES256')
      throw new Error('no dMSA with AES256 alone');
    const { distinguishedName } = await createDmsa(dc, {
      name: called.Name!,
      dnsHostName: called.DNSHostName!,
      container: called.Path!,
      description: called.Description!,
    });
    return called.PassThru ? [asAccount(await dc.required(distinguishedName))] : [];
  },
  'Set-ADServiceAccount': async (dc, { Identity, PrincipalsAllowedToRetrieveManagedPassword }) => {
    const { dn } = await found(dc, Identity!);
    const sids: string[] = [];
    for (const principal of PrincipalsAllowedToRetrieveManagedPassword ?? [])
      sids.push(sidOf(await found(dc, principal), 'objectSid'));
    await setPrincipals(dc, dn, sids);
    return [];
  },
  'Remove-ADServiceAccount': async (dc, { Identity }) => {
    const { dn } = await found(dc, Identity!);
    await dc.serially(() => dc.store.remove(dn));
    return [];
  },
};

/** `-Identity` is a DN, a GUID, a SID or a sAMAccountName [Get-ADServiceAccount]. */
async function found(dc: DomainController, identity: string): Promise<Entry> {
  if (identity.includes('=')) return await dc.required(identity);
  const [name, value] = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(identity)
    ? ['objectGUID', guidOctets(identity)]
    : identity.startsWith('S-1-')
      ? ['objectSid', sidOctets(identity)]
      : ['sAMAccountName', identity];
  const [entry] = await dc.store.find(dc.store.baseDn, name as string, value!);
  return entry ?? (await dc.required(`CN=${identity},${dc.store.baseDn}`));
}

function asAccount(entry: Entry): StubAccount {
  const descriptor = octets(entry, attribute.principals);
  return {
    dn: entry.dn,
    name: text(entry, 'name') ?? text(entry, 'cn') ?? '',
    sam: text(entry, 'sAMAccountName') ?? '',
    guid: guidOf(entry, 'objectGUID'),
    sid: sidOf(entry, 'objectSid'),
    class: texts(entry, 'objectClass').at(-1)!,
    description: text(entry, 'description'),
    principals: descriptor ? principalsOf(decodeSecurityDescriptor(descriptor)) : [],
    state: Number(text(entry, attribute.dmsaState) ?? 0),
  };
}

/** The module's own ids: `ActiveDirectoryServer:` with the Windows error, `ActiveDirectoryCmdlet:` with the exception. */
const ids: Record<string, string> = {
  NOT_FOUND: 'ActiveDirectoryCmdlet:Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException',
  UNABLE_TO_PROCEED: 'ActiveDirectoryServer:8245',
  RPC_UNAVAILABLE: 'ActiveDirectoryServer:0',
  DMSA_NAME_TAKEN: 'ActiveDirectoryServer:1316',
};

function asRecord(thrown: unknown): AskedError {
  if (!(thrown instanceof OperationFailure))
    return { id: 'ActiveDirectoryCmdlet:Unknown', category: 'NotSpecified', message: String(thrown) };
  const { code, category, message } = thrown;
  return { id: ids[code] ?? 'ActiveDirectoryCmdlet:Unknown', category, message };
}

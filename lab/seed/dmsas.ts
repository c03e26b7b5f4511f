import { childDn } from '../../src/directory/dn.ts';
import { attribute, uac } from '../../src/directory/schema.ts';
import { descriptorForPrincipals } from '../formats/security-descriptor.ts';
import type { LabDmsa } from '../objects.ts';
import { createDmsa } from '../rules/dmsa.ts';
import type { DomainController } from '../rules/domain-controller.ts';
import { startMigration } from '../rules/phases.ts';
import { labDomain, type Topology } from '../topology.ts';
import type { Cast } from './cast.ts';

/** The dMSA that a migration is about to make, made by hand before. */
export async function seedPresentDmsa(
  dc: DomainController,
  cast: Cast,
  { dmsa, account }: Topology,
  accountDn: string,
  present: NonNullable<Topology['presentDmsa']>,
): Promise<void> {
  const { state, linkedBySomeone, principals = [] } = present;
  const created = await create(dc, { name: dmsa, state, description: `Made by hand for ${account.name}` });
  if (principals.length > 0) await allow(cast, created, principals);
  if (!linkedBySomeone) return;
  const requestedBy = `${labDomain.netbiosName}\\someone-else`;
  await startMigration(dc, { dmsa: created, account: accountDn, requestedBy });
}

/** Pairs as they are told, by writing what is told: no cmdlet leaves most of them behind. */
export async function seedDmsas(dc: DomainController, cast: Cast, dmsas: LabDmsa[]): Promise<void> {
  for (const dmsa of dmsas) await seedDmsa(dc, cast, dmsa);
}

async function seedDmsa(dc: DomainController, cast: Cast, dmsa: LabDmsa): Promise<void> {
  const { name, state, description = '', links = 'both' } = dmsa;
  const dn = await create(dc, { name, state, description });
  const account = dmsa.account === null ? null : (await cast.find(dmsa.account)).dn;
  const control = uac.workstationTrustAccount | (dmsa.disabled ? uac.accountDisabled : 0);
  await dc.store.replace(dn, {
    userAccountControl: [String(control)],
    ...(dmsa.encryptionTypes !== undefined && {
      [attribute.encryptionTypes]: [String(dmsa.encryptionTypes)],
    }),
    ...(account && links !== 'on-account' && { [attribute.precededBy]: [account] }),
  });
  if (dmsa.principals) await allow(cast, dn, dmsa.principals);
  if (!account) return;
  const { accountState = state } = dmsa;
  const ofAccount = {
    ...(links !== 'on-dmsa' && { [attribute.supersededBy]: [dn] }),
    ...(accountState !== null && { [attribute.accountState]: [String(accountState)] }),
  };
  // A modify of nothing is refused.
  if (Object.keys(ofAccount).length > 0) await dc.store.replace(account, ofAccount);
  if (dmsa.startedBy) {
    const event = { requestedBy: dmsa.startedBy, errorCode: '0', account, dmsa: dn };
    dc.log({ id: 3085, operation: 'START-MIGRATION', ...event });
  }
  if (dmsa.accountDeleted) await dc.store.remove(account);
}

async function create(
  dc: DomainController,
  { name, state, description }: { name: string; state: number; description: string },
): Promise<string> {
  const container = childDn('CN', 'Managed Service Accounts', dc.store.baseDn);
  const dnsHostName = `${name}.${labDomain.dnsName}`;
  const created = await createDmsa(dc, { name, dnsHostName, container, description, state });
  return created.distinguishedName;
}

async function allow(cast: Cast, dn: string, names: string[]): Promise<void> {
  const sids: string[] = [];
  for (const name of names) sids.push(await cast.sidOf(name));
  await cast.store.replace(dn, { [attribute.principals]: [descriptorForPrincipals(sids)] });
}

import { childDn } from '../directory/dn.ts';
import { octets, type Value } from '../directory/entry.ts';
import { isoToFileTime } from '../directory/file-time.ts';
import { attribute, uac } from '../directory/schema.ts';
import { sidText } from '../directory/sid.ts';
import { createDmsa } from './rules/dmsa.ts';
import type { DomainController } from './rules/domain-controller.ts';
import { startMigration } from './rules/phases.ts';
import type { DirectoryStore } from './store.ts';
import { domainControllerName, labDomain, type Topology } from './topology.ts';

/** DNs and SIDs of what was put into the directory. */
export interface Seeded {
  accountDn: string;
  /** By DNS name, lower case. */
  computerSids: Map<string, string>;
}

/** Puts the topology into the directory, whichever it is; what a DC has by itself is left as it is. */
export async function seed(dc: DomainController, topology: Topology): Promise<Seeded> {
  const { store } = dc;
  await seedDomainController(store);
  await seedRootKey(store, dc.clock());
  const accountDn = await seedAccount(store, topology);
  const computerSids = new Map<string, string>();
  const names = [
    ...topology.hosts.map((host) => host.name),
    ...topology.bystanders.map((each) => `${each}.${labDomain.dnsName}`),
  ];
  for (const name of names) computerSids.set(name, await seedComputer(store, name));
  if (topology.presentDmsa) await seedDmsa(dc, topology, accountDn, topology.presentDmsa);
  return { accountDn, computerSids };
}

async function seedAccount(store: DirectoryStore, { account }: Topology): Promise<string> {
  const dn = childDn('CN', account.name, `CN=Users,${store.baseDn}`);
  const trusted = account.trustedToAuthForDelegation ? uac.trustedToAuthForDelegation : 0;
  await store.add(dn, {
    objectClass: ['top', 'person', 'organizationalPerson', 'user'],
    sAMAccountName: [account.name],
    userPrincipalName: [`${account.name}@${labDomain.dnsName}`],
  });
  // A DC creates a user without a password as disabled: it is enabled afterwards.
  await store.replace(dn, {
    userAccountControl: [String(uac.normalAccount | passwordNotRequired | trusted)],
    [attribute.servicePrincipalName]: account.servicePrincipalNames,
    [attribute.allowedToDelegateTo]: account.allowedToDelegateTo,
  });
  return dn;
}

/** userAccountControl bit 0x20 (MS-ADTS 2.2.16): lets an account be enabled that never got a password. */
const passwordNotRequired = 0x20;

async function seedComputer(store: DirectoryStore, name: string): Promise<string> {
  const shortName = name.split('.')[0]!.toUpperCase();
  const dn = childDn('CN', shortName, `CN=Computers,${store.baseDn}`);
  await store.add(dn, {
    objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
    sAMAccountName: [`${shortName}$`],
    dNSHostName: [name],
    userAccountControl: [String(uac.workstationTrustAccount)],
    operatingSystem: ['Windows Server 2025 Standard'],
  });
  return sidText(octets((await store.read(dn))!, 'objectSid')!);
}

/** A writable Windows Server 2025 DC: on a real server its own computer object is told to be one. */
async function seedDomainController(store: DirectoryStore): Promise<void> {
  const dn = childDn('CN', 'DC1', `OU=Domain Controllers,${store.baseDn}`);
  const system: Record<string, Value[]> = {
    operatingSystem: ['Windows Server 2025 Standard'],
    operatingSystemVersion: ['10.0 (26100)'],
    dNSHostName: [domainControllerName],
  };
  if (await store.read(dn)) return await store.replace(dn, system);
  await store.add(dn, {
    objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
    sAMAccountName: ['DC1$'],
    userAccountControl: [String(uac.serverTrustAccount | uac.trustedForDelegation)],
    ...system,
  });
}

/** A KDS root key that has been effective for a while; values as Add-KdsRootKey makes them (MS-GKDI 2.2.1). */
async function seedRootKey(store: DirectoryStore, now: Date): Promise<void> {
  const services = `CN=Services,CN=Configuration,${store.baseDn}`;
  const group = `CN=Group Key Distribution Service,${services}`;
  const keys = `CN=Master Root Keys,${group}`;
  for (const dn of [services, group, keys]) {
    if (!(await store.read(dn))) await store.add(dn, { objectClass: ['top', 'container'] });
  }
  const effective = isoToFileTime(new Date(now.getTime() - 24 * 3_600_000).toISOString());
  await store.add(`CN=5f2e6c1a-8d43-4b7e-9a10-3c1de2f4a6b8,${keys}`, {
    objectClass: ['top', 'msKds-ProvRootKey'],
    'msKds-Version': ['1'],
    'msKds-DomainID': [`OU=Domain Controllers,${store.baseDn}`],
    'msKds-CreateTime': [effective],
    'msKds-UseStartTime': [effective],
    'msKds-KDFAlgorithmID': ['SP800_108_CTR_HMAC'],
    'msKds-SecretAgreementAlgorithmID': ['DH'],
    'msKds-PublicKeyLength': ['2048'],
    'msKds-PrivateKeyLength': ['512'],
    'msKds-RootKeyData': [Buffer.alloc(64, 1)],
  });
}

async function seedDmsa(
  dc: DomainController,
  { dmsa, account }: Topology,
  accountDn: string,
  present: NonNullable<Topology['presentDmsa']>,
): Promise<void> {
  const container = `CN=Managed Service Accounts,${dc.store.baseDn}`;
  const dnsHostName = `${dmsa}.${labDomain.dnsName}`;
  const description = `Made by hand for ${account.name}`;
  const { state, linkedBySomeone } = present;
  const created = await createDmsa(dc, { name: dmsa, dnsHostName, container, description, state });
  if (!linkedBySomeone) return;
  const requestedBy = `${labDomain.netbiosName}\\someone-else`;
  await startMigration(dc, { dmsa: created.distinguishedName, account: accountDn, requestedBy });
}

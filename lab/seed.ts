import type { DomainController } from './rules/domain-controller.ts';
import { seedAccount } from './seed/accounts.ts';
import { Cast } from './seed/cast.ts';
import { seedComputer } from './seed/computers.ts';
import { seedController, seedSites } from './seed/controllers.ts';
import { seedDmsas, seedPresentDmsa } from './seed/dmsas.ts';
import { seedGroups, seedMemberships } from './seed/groups.ts';
import { seedRootKeys } from './seed/root-keys.ts';
import {
  childDomain,
  type LabChild,
  type LabDomain,
  labController,
  labDomain,
  type Topology,
} from './topology.ts';

/** DNs and SIDs of what was put into the directory. */
export interface Seeded {
  accountDn: string;
  /** By DNS name, lower case. */
  computerSids: Map<string, string>;
}

/** Puts the topology into the directory, whichever it is; what a DC has by itself is left as it is. */
export async function seed(dc: DomainController, topology: Topology): Promise<Seeded> {
  const { store } = dc;
  await seedSites(store, topology.sites ?? []);
  for (const controller of topology.controllers ?? [labController('dc1')])
    await seedController(store, controller);
  await seedRootKeys(store, dc.clock(), topology.rootKeys ?? [-24]);
  const cast = new Cast(store);
  const accountDn = await seedAccount(cast, labDomain, topology.account);
  for (const account of topology.accounts ?? []) await seedAccount(cast, labDomain, account);
  const bystanders = topology.bystanders.map((each) => `${each}.${labDomain.dnsName}`);
  const computerSids = await seedComputers(cast, labDomain, topology, bystanders);
  await seedGroups(cast, topology.groups ?? []);
  await seedMemberships(cast, [topology.account, ...(topology.accounts ?? [])]);
  if (topology.presentDmsa) await seedPresentDmsa(dc, cast, topology, accountDn, topology.presentDmsa);
  await seedDmsas(dc, cast, topology.dmsas ?? []);
  return { accountDn, computerSids };
}

/** The same for the domain below, whose sites and keys are those of the forest. */
export async function seedChild(dc: DomainController, child: LabChild): Promise<Seeded> {
  const domain = childDomain(child);
  const cast = new Cast(dc.store);
  await seedController(dc.store, labController('', { name: dc.name }));
  const accountDn = await seedAccount(cast, domain, child.account);
  const computerSids = await seedComputers(cast, domain, child, []);
  await seedMemberships(cast, [child.account]);
  return { accountDn, computerSids };
}

async function seedComputers(
  cast: Cast,
  { dnsName }: LabDomain,
  { hosts, computers = 0 }: Pick<Topology, 'hosts' | 'computers'>,
  others: string[],
): Promise<Map<string, string>> {
  const sids = new Map<string, string>();
  const more = Array.from(
    { length: computers },
    (_, index) => `pc${String(index + 1).padStart(5, '0')}.${dnsName}`,
  );
  for (const name of [...hosts.map((host) => host.name), ...others, ...more]) {
    sids.set(name, await seedComputer(cast, name));
  }
  return sids;
}

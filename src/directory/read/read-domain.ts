import type { DomainFacts } from '../../domain/facts/domain-facts.ts';
import type { PlanDomain } from '../../domain/plan/plan.ts';
import type { Directory } from '../directory.ts';
import { text } from '../entry.ts';
import { anyOf, equals } from '../filters.ts';
import { neededInSchema } from '../schema.ts';
import { capable, readControllers } from './read-controllers.ts';
import { earliestEffective, readKdsKeys } from './read-kds-keys.ts';
import { readReplication } from './read-replication.ts';

/** Reads what the domain must offer: schema, domain controllers, KDS root keys, replication. Four searches and a read. */
export async function readDomain(directory: Directory): Promise<DomainFacts> {
  const schemaLacks = await readMissingSchema(directory);
  const controllers = await readControllers(directory);
  const kdsKeys = await readKdsKeys(directory);
  const replication = await readReplication(directory);
  return {
    schemaLacks,
    capableDcs: capable(controllers),
    controllers,
    kdsEffectiveAt: earliestEffective(kdsKeys),
    kdsKeys,
    replication,
  };
}

/** The schema is the forest's: a child domain reads that of its root. One search. */
async function readMissingSchema(directory: Directory): Promise<string[]> {
  const found = await directory.search(directory.rootDse().schemaDn, {
    scope: 'one',
    filter: anyOf.text('lDAPDisplayName', neededInSchema),
    attributes: ['lDAPDisplayName'],
  });
  const present = new Set(found.map((entry) => text(entry, 'lDAPDisplayName')?.toLowerCase()));
  return neededInSchema.filter((name) => !present.has(name.toLowerCase())).sort();
}

/** The names of the domain, from its crossRef in the partitions container (MS-ADTS 6.1.1.2.1.1). */
export async function readDomainNames(directory: Directory): Promise<Omit<PlanDomain, 'server'>> {
  const { baseDn, configurationDn } = directory.rootDse();
  const [crossRef] = await directory.search(`CN=Partitions,${configurationDn}`, {
    scope: 'one',
    filter: equals.text('nCName', baseDn),
    attributes: ['nETBIOSName', 'dnsRoot', 'systemFlags'],
  });
  const labels = [...baseDn.matchAll(/DC=([^,]+)/gi)].map((match) => match[1]!);
  return {
    baseDn,
    dnsName: (crossRef && text(crossRef, 'dnsRoot')) ?? labels.join('.'),
    netbiosName: (crossRef && text(crossRef, 'nETBIOSName')) ?? labels[0]!.toUpperCase(),
  };
}

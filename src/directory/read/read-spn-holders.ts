import type { AccountFacts, DmsaFacts } from '../../domain/facts/facts.ts';
import type { SpnHolder } from '../../domain/facts/surroundings.ts';
import { batches } from '../../domain/plan/plan.ts';
import { type Directory, searchDomain } from '../directory.ts';
import { type Entry, guidOf, texts } from '../entry.ts';
import { anyOf } from '../filters.ts';
import { attribute } from '../schema.ts';

/** An OR filter of this many names stays well below what a DC takes. */
const namesPerSearch = 200;

/**
 * Other objects of this domain that have a service principal name of the account or of its dMSA, by DN: names are
 * unique in a forest (MS-ADTS 3.1.1.5.1.3), unless dSHeuristics lifts that or they were written at the same time on two
 * DCs. Names compare without regard to case. One search for every 200 names, none where there are none.
 */
export async function readSpnHolders(
  directory: Directory,
  pair: { account: AccountFacts | null; dmsa: DmsaFacts | null },
): Promise<SpnHolder[]> {
  const own = [pair.account, pair.dmsa].filter((object) => object !== null);
  const wanted = new Set(
    own.flatMap((object) => object.servicePrincipalNames.map((name) => name.toLowerCase())),
  );
  const ownGuids = new Set(own.map(({ guid }) => guid));
  const found: Entry[] = [];
  for (const names of batches([...wanted], namesPerSearch)) {
    const filter = anyOf.text(attribute.servicePrincipalName, names);
    const attributes = ['objectGUID', attribute.servicePrincipalName];
    const entries = await searchDomain(directory, filter, attributes);
    found.push(...entries.filter((entry) => !ownGuids.has(guidOf(entry, 'objectGUID'))));
  }
  const holders = new Map(
    found.map((entry) => {
      const shared = texts(entry, attribute.servicePrincipalName).filter((name) =>
        wanted.has(name.toLowerCase()),
      );
      return [entry.dn, { dn: entry.dn, names: shared.sort() }];
    }),
  );
  return [...holders.values()].sort((a, b) => (a.dn < b.dn ? -1 : 1));
}

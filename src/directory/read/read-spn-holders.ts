import type { AccountFacts, DmsaFacts } from '../../domain/facts/facts.ts';
import type { SpnHolder } from '../../domain/facts/surroundings.ts';
import { type Directory, searchForAny } from '../directory.ts';
import { guidOf, texts } from '../entry.ts';
import { equals } from '../filters.ts';
import { attribute } from '../schema.ts';

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
  const having = [...wanted].map((name) => equals.text(attribute.servicePrincipalName, name));
  const found = await searchForAny(directory, having, ['objectGUID', attribute.servicePrincipalName]);
  const others = found.filter((entry) => !ownGuids.has(guidOf(entry, 'objectGUID')));
  const holders = new Map(
    others.map((entry) => {
      const names = texts(entry, attribute.servicePrincipalName);
      const shared = names.filter((name) => wanted.has(name.toLowerCase())).sort();
      return [entry.dn, { dn: entry.dn, names: shared }];
    }),
  );
  return [...holders.values()].sort((a, b) => (a.dn < b.dn ? -1 : 1));
}

import { isDeepStrictEqual } from 'node:util';

import type { AccountFacts, DmsaFacts } from '../../domain/facts/facts.ts';
import { dmsaSamAccountName, type Target } from '../../domain/plan/plan.ts';
import type { Directory } from '../directory.ts';
import { sameDn } from '../dn.ts';
import { readAccount, readDmsa } from './read-account.ts';

/** Either is null where it is not there. */
export interface FoundPair {
  account: AccountFacts | null;
  dmsa: DmsaFacts | null;
}

/** Reads of the account that differ from one another: nobody moves an object more often. */
const most = 4;

/**
 * Both objects of a migration as they were at one moment. They are two searches, and an object that is moved between them
 * leaves links that seem to point elsewhere: where they do, the account is read once more, and what lies between two
 * reads of it that are alike was so. Two searches, three where the links do not fit.
 */
export async function readPair(
  directory: Directory,
  target: Pick<Target, 'account' | 'dmsa'>,
): Promise<FoundPair> {
  let account = await readAccount(directory, target.account.guid);
  for (let reads = 1; ; reads++) {
    const dmsa = await readDmsa(directory, dmsaSamAccountName(target.dmsa));
    if (fits({ account, dmsa }) || reads === most) return { account, dmsa };
    const again = await readAccount(directory, target.account.guid);
    if (isDeepStrictEqual(again, account)) return { account, dmsa };
    account = again;
  }
}

function fits({ account, dmsa }: FoundPair): boolean {
  const { supersededBy = null } = account ?? {};
  const { precededBy = null } = dmsa ?? {};
  if (supersededBy === null && precededBy === null) return true;
  return account !== null && dmsa !== null && sameDn(supersededBy, dmsa.dn) && sameDn(precededBy, account.dn);
}

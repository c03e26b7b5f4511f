import { normalDn, sameDn } from '../directory/dn.ts';
import type { AuditedAccount, AuditedDmsa, AuditFacts, DeletedAccount } from './facts.ts';

/** An account and a dMSA of which at least one points at the other, or one of them alone. */
export interface AuditPair {
  account: AuditedAccount | null;
  dmsa: AuditedDmsa | null;
  /** True if the account points at the dMSA, and the dMSA at the account. */
  forward: boolean;
  backward: boolean;
  /** DN that an end points at where that is neither a dMSA nor an account of this domain. */
  astray: string | null;
}

/**
 * Everything that points at something, a row for each; then what points at nothing. An object with several claims on
 * it is in several rows, so that a claim that is not returned is one-sided, whoever else makes one.
 */
export function pairUp({ accounts, dmsas }: AuditFacts): AuditPair[] {
  const accountOf = new Map(accounts.map((account) => [normalDn(account.dn), account]));
  const dmsaOf = new Map(dmsas.map((dmsa) => [normalDn(dmsa.dn), dmsa]));
  const pairs: AuditPair[] = [];
  for (const account of accounts) {
    if (account.supersededBy === null) continue;
    const dmsa = dmsaOf.get(normalDn(account.supersededBy)) ?? null;
    const backward = dmsa !== null && sameDn(dmsa.precededBy, account.dn);
    pairs.push({ account, dmsa, forward: true, backward, astray: dmsa ? null : account.supersededBy });
  }
  for (const dmsa of dmsas) {
    if (dmsa.precededBy === null) continue;
    const account = accountOf.get(normalDn(dmsa.precededBy)) ?? null;
    if (account && sameDn(account.supersededBy, dmsa.dn)) continue;
    pairs.push({ account, dmsa, forward: false, backward: true, astray: account ? null : dmsa.precededBy });
  }
  const paired = new Set(pairs.flatMap(({ account, dmsa }) => [account, dmsa]));
  const alone = { forward: false, backward: false, astray: null };
  return [
    ...pairs,
    ...accounts.filter((each) => !paired.has(each)).map((account) => ({ ...alone, account, dmsa: null })),
    ...dmsas.filter((each) => !paired.has(each)).map((dmsa) => ({ ...alone, account: null, dmsa })),
  ];
}

/** AD puts this into the first name of what is deleted (MS-ADTS 3.1.1.5.5): a line feed, and the object's GUID. */
export function isDeletedDn(dn: string): boolean {
  return /(?:\\0A|\n)DEL:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12},/i.test(dn);
}

/** The deleted object that pointed at the dMSA when it was deleted, where the Recycle Bin has kept that. */
export function deletedAccountOf(dmsa: AuditedDmsa, { deleted }: AuditFacts): DeletedAccount | null {
  return deleted.find(({ supersededBy }) => sameDn(supersededBy, dmsa.dn)) ?? null;
}

import { type Drift, findDrift } from '../values/drift.ts';
import type { AccountFacts, DmsaFacts } from './facts.ts';

/** The two objects of a migration as one DC has them. */
export interface PairFacts {
  /** Absent where only the dMSA was read. */
  account?: AccountFacts | null;
  dmsa: DmsaFacts | null;
}

/**
 * Where two DCs differ about what a migration reads and changes. Only that: what else is on the way between them
 * has no say in what is concluded.
 */
export function lag(read: PairFacts, other: PairFacts): Drift[] {
  return [
    ...presence('account', read.account, other.account),
    ...presence('dMSA', read.dmsa, other.dmsa),
    ...findDrift(migrating(read, other), migrating(other, read)),
  ];
}

function presence(name: string, read: object | null = null, other: object | null = null): Drift[] {
  const said = (there: boolean) => (there ? 'there' : 'not there');
  if ((read === null) === (other === null)) return [];
  return [{ path: name, before: said(read !== null), after: said(other !== null) }];
}

/** Compares the objects that both have. */
function migrating({ account, dmsa }: PairFacts, other: PairFacts): unknown {
  const accountFacts = account && {
    state: account.state,
    supersededBy: account.supersededBy,
    enabled: account.enabled,
    servicePrincipalNames: account.servicePrincipalNames,
  };
  const dmsaFacts = dmsa && {
    guid: dmsa.guid,
    state: dmsa.state,
    precededBy: dmsa.precededBy,
    enabled: dmsa.enabled,
    servicePrincipalNames: dmsa.servicePrincipalNames,
    principals: dmsa.principals.map(({ sid }) => sid),
  };
  return {
    account: other.account ? (accountFacts ?? null) : null,
    dmsa: other.dmsa ? dmsaFacts : null,
  };
}

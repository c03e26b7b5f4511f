import type { ErrorCode } from '../errors/errors.ts';
import { type Drift, findDrift } from '../values/drift.ts';
import type { AccountFacts, DmsaFacts, Verdict } from './facts.ts';

/** What another DC says of the two objects, next to the one that was read. */
export interface ReplicaFacts {
  /** DNS name. */
  server: string;
  /** `unknown` where it did not answer. */
  agrees: Verdict;
  /** What differs; empty unless `agrees` is no. */
  differs: Drift[];
  /** Why it could not be asked; null where it answered. */
  failure: { code: ErrorCode; message: string } | null;
}

/** The two objects of a migration as one DC has them. */
export interface Objects {
  /** Absent where only the dMSA was read. */
  account?: AccountFacts | null;
  dmsa: DmsaFacts | null;
}

/**
 * Where two DCs differ about what a migration reads and changes. Only that: what else is on the way between them
 * has no say in what is concluded.
 */
export function lag(read: Objects, other: Objects): Drift[] {
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

/** Of objects that both have. */
function migrating({ account, dmsa }: Objects, other: Objects): unknown {
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

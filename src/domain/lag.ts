import { type Drift, drift } from './drift.ts';
import type { AccountFacts, DmsaFacts, Verdict } from './facts.ts';

/** What another DC says of the two objects, next to the one that was read. */
export interface ReplicaFacts {
  /** DNS name. */
  server: string;
  /** `unknown` where it did not answer. */
  agrees: Verdict;
  /** What differs, or why it is unknown. */
  differs: string[];
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
  return drift(migrating(read), migrating(other));
}

function migrating({ account, dmsa }: Objects): unknown {
  return {
    account: account && {
      state: account.state,
      supersededBy: account.supersededBy,
      enabled: account.enabled,
      servicePrincipalNames: account.servicePrincipalNames,
    },
    dmsa: dmsa && {
      guid: dmsa.guid,
      state: dmsa.state,
      precededBy: dmsa.precededBy,
      enabled: dmsa.enabled,
      servicePrincipalNames: dmsa.servicePrincipalNames,
      principals: dmsa.principals.map(({ sid }) => sid),
    },
  };
}

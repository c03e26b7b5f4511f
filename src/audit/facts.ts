import type { AccountKind, Principal, Privilege } from '../domain/facts/facts.ts';

/** Everything of a domain that has to do with dMSAs, as it was read. Nothing in it is a verdict yet. */
export interface AuditFacts {
  baseDn: string;
  dmsas: AuditedDmsa[];
  /** Whatever has a link or a state of a migration, or that a dMSA points at: not all of them need be users. */
  accounts: AuditedAccount[];
  /** Targets of links that are neither dMSA nor account, where they could be read. */
  strays: Stray[];
  /** Deleted objects that still show the state of a migration: with the Recycle Bin they keep what they had. */
  deleted: DeletedAccount[];
  /** DNs of domains below this one that the DC referred to, and that were not read. */
  elsewhere: string[];
}

interface AuditedObject {
  dn: string;
  /** Lower case, without braces. */
  guid: string;
  sid: string;
  samAccountName: string;
  /** ISO 8601, from `whenCreated`; null where it may not be read. */
  createdAt: string | null;
  /**
   * ISO 8601, from `whenChanged`: the last change of any attribute as the DC that was read from took it in
   * (MS-ADTS 3.1.1.1.9). So it says only since when nothing has changed.
   */
  changedAt: string | null;
}

export interface AuditedDmsa extends AuditedObject {
  /** `msDS-DelegatedMSAState`. */
  state: number;
  /** `msDS-ManagedAccountPrecededByLink`. */
  precededBy: string | null;
  /** Principals that may retrieve the managed password, named where their SIDs resolve; groups with where they lead. */
  principals: Principal[];
  /** SIDs of the hosts that our records say were prepared for it; null where they have no migration to it. */
  ourHosts: string[] | null;
  /** Reason why `msDS-GroupMSAMembership` could not be read; its principals are then unknown. */
  malformed: string | null;
}

export interface AuditedAccount extends AuditedObject {
  kind: AccountKind;
  userPrincipalName: string | null;
  enabled: boolean;
  /** `msDS-SupersededServiceAccountState`; an absent attribute means unlinked. */
  state: number;
  /** `msDS-SupersededManagedAccountLink`. */
  supersededBy: string | null;
  privilegedBecause: Privilege | null;
}

export interface Stray {
  dn: string;
  kind: AccountKind;
}

export interface DeletedAccount {
  /** With `\0ADEL:` and its GUID in its first name (MS-ADTS 3.1.1.5.5). */
  dn: string;
  samAccountName: string;
  /** Shown only where the Recycle Bin kept it. */
  supersededBy: string | null;
}

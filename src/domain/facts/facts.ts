import type { MigrationState } from '../states.ts';
import type { HostFacts } from './host-facts.ts';

/**
 * Facts read from directory and hosts. Gates are voted on them, before-images are made of them, and `before` and
 * `after` are compared by them; so lists are sorted, and absent is null, never undefined.
 */
export interface Facts {
  account: AccountFacts | null;
  dmsa: DmsaFacts | null;
  hosts: HostFacts[];
}

/** Attributes that Complete moves or copies, and that Undo must bring back [overview]. */
export interface DelegationFacts {
  /** `servicePrincipalName`, sorted. */
  servicePrincipalNames: string[];
  /** `msDS-AllowedToDelegateTo`, sorted. */
  allowedToDelegateTo: string[];
  /** `msDS-AllowedToActOnBehalfOfOtherIdentity`, base64 of the descriptor. */
  actOnBehalfOf: string | null;
  /** `msDS-AssignedAuthNPolicy`, a DN. */
  authenticationPolicy: string | null;
  /** `msDS-AssignedAuthNPolicySilo`, a DN. */
  authenticationSilo: string | null;
  /** userAccountControl bit 0x1000000, trusted to authenticate for delegation. */
  trustedToAuthForDelegation: boolean;
}

export type AccountKind = 'user' | 'computer' | 'smsa' | 'gmsa' | 'dmsa' | 'other';

/** Why an account is privileged; groups by name and SID. */
export type Privilege =
  | { kind: 'built-in'; name: string }
  | { kind: 'admin-count' }
  | { kind: 'primary-group'; group: string }
  | { kind: 'nested-member'; groups: string[] };

export interface AccountFacts extends DelegationFacts {
  dn: string;
  guid: string;
  sid: string;
  samAccountName: string;
  userPrincipalName: string | null;
  kind: AccountKind;
  enabled: boolean;
  /** ISO 8601, from `accountExpires`; null where it never expires. */
  expiresAt: string | null;
  /** What the account itself shows: `adminCount` is 1, a built-in RID, its primary group. Groups: `Surroundings`. */
  privilegedBecause: Privilege | null;
  /** userAccountControl bit 0x80000. */
  unconstrainedDelegation: boolean;
  /** Names of userAccountControl bits that matter to services and that Complete does not copy (MS-ADTS 2.2.16). */
  flags: string[];
  /** `msDS-SupportedEncryptionTypes`; null where the DC's default applies. */
  encryptionTypes: number | null;
  /** `msDS-SupersededServiceAccountState`; an absent attribute means unlinked. */
  state: MigrationState;
  /** `msDS-SupersededManagedAccountLink`. */
  supersededBy: string | null;
  /** DNs of the dMSAs that point at the account, `msDS-ManagedAccountPrecededByLinkBL`. */
  claimedBy: string[];
  /** ISO 8601, from `pwdLastSet`; null where it was never set. */
  passwordLastSet: string | null;
}

/** Trustee that may retrieve the managed password. */
export interface Principal {
  sid: string;
  /** sAMAccountName where the SID resolves, the name of a well-known SID, else null. */
  name: string | null;
  kind: PrincipalKind;
  /** It is let in on a condition that only a DC can evaluate: it may be, so it is reported, and no host counts by it. */
  conditional?: true;
  /** For a group, and a SID that many have. */
  leadsTo?: Membership;
}

/**
 * `foreign` is of another domain, `orphaned` has this domain's prefix and no object, `unknown` is anything else, and
 * what was not looked up.
 */
export type PrincipalKind = 'computer' | 'group' | 'user' | 'foreign' | 'well-known' | 'orphaned' | 'unknown';

/** Where a group leads through any number of nested groups; small however many members there are. */
export interface Membership {
  /** SIDs of the plan's hosts in it, sorted. */
  hosts: string[];
  /** Number of others in it; null where nobody can count them. */
  others: number | null;
  /** The first names of the others, at most `namesShown`, sorted. */
  names: string[];
  /** SHA-256 of all members, hosts and others; null where nobody can list them. */
  digest: string | null;
}

export const namesShown = 5;

/** One ACE of `msDS-GroupMSAMembership`, as far as it decides who may retrieve the password; the first one decides. */
export interface AccessRule {
  sid: string;
  effect: 'allow' | 'deny';
  /** It hangs on a condition that only a DC can evaluate. */
  conditional?: true;
}

export interface DmsaFacts extends DelegationFacts {
  dn: string;
  guid: string;
  sid: string;
  samAccountName: string;
  /** False where the name belongs to something that is no dMSA. */
  isDmsa: boolean;
  description: string | null;
  enabled: boolean;
  state: MigrationState;
  /** `msDS-ManagedAccountPrecededByLink`. */
  precededBy: string | null;
  /** DNs of the accounts that point at the dMSA, `msDS-SupersededManagedAccountLinkBL`. */
  claimedBy: string[];
  principals: Principal[];
  /** The ACEs that decide, in their order; absent where each allows without a condition, so that none matters. */
  accessRules?: AccessRule[];
  /** SIDs of the plan's hosts that are surely let in, by themselves or by a group, sorted; absent where not resolved. */
  hostsAllowed?: string[];
  /** The plan's hosts that an ACE refuses, with the SID that it names; absent where not resolved. */
  hostsRefused?: { sid: string; by: string }[];
  /** SHA-256 of `msDS-GroupMSAMembership`: changes when any trustee does. */
  principalsDigest: string | null;
  /** `msDS-SupportedEncryptionTypes`. */
  encryptionTypes: number | null;
}

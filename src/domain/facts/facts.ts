import type { Finding } from '../findings/findings.ts';
import type { MigrationState } from '../states.ts';
import type { DomainFacts } from './domain-facts.ts';

export type { DomainFacts } from './domain-facts.ts';

/**
 * What was read from directory and hosts. Facts are what gates are voted on, what before-images are made of, and
 * what `before` and `after` are compared by; so lists are sorted, and absent is null, never undefined.
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

/** What preflight read, what it made of it, and the hash that a gate is voted on. */
export interface Evidence {
  facts: Facts;
  domain: DomainFacts;
  /** DNS name of the DC that was read, to be kept for what comes next. */
  server: string;
  findings: Finding[];
  /** Hosts that a person has left out, sorted; absent for none. */
  skipped?: string[];
  /** SHA-256, hex, of the canonical JSON of plan hash, gate, facts, and the codes and subjects of the findings. */
  hash: string;
}

export type AccountKind = 'user' | 'computer' | 'smsa' | 'gmsa' | 'dmsa' | 'other';

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
  privilegedBecause: string | null;
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

/** Who may retrieve the managed password. */
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
  /** How many others are in it; null where nobody can count them. */
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

export interface HostFacts {
  name: string;
  /** Why the host could not be asked, as an error code; everything below is then unknown. */
  unreachable: string | null;
  build: number | null;
  isDomainController: boolean | null;
  rebootPending: boolean | null;
  policy: PolicyValue | null;
  eventLogEnabled: boolean | null;
  /** Services that log on as the superseded account, by name. */
  services: ServiceFacts[];
  /** IIS application pools whose identity is the account, by name; absent where there is none. */
  pools?: string[];
  /** The group policy object that delivers the policy value, and the value; absent where none does. */
  policyFrom?: { gpo: string; value: number | null };
  /** Whether the account has "Log on as a service" by its own SID; absent where that was not read. */
  logonRight?: Verdict;
}

/** `DelegatedMSAEnabled` under `…\Policies\System\Kerberos\Parameters`. */
export interface PolicyValue {
  /** The DWORD, or null where the value is absent. */
  value: number | null;
  /** Whether the `Parameters` key exists: a key this system created is removed again. */
  keyExists: boolean;
}

export interface ServiceFacts {
  name: string;
  startName: string;
  state: ServiceState;
  startMode: string;
  /** Name of the cluster resource that owns it: it is never restarted here. Absent where none does. */
  clusterResource?: string;
}

export type ServiceState =
  | 'Stopped'
  | 'StartPending'
  | 'StopPending'
  | 'Running'
  | 'ContinuePending'
  | 'PausePending'
  | 'Paused'
  | 'Unknown';

/** Yes, no or unknown, never a guess. */
export type Verdict = 'yes' | 'no' | 'unknown';

/** What is known of one host's part in the migration. */
export interface HostEvidence {
  host: string;
  policy: Verdict;
  /** Event 307: the host discovered the migration. */
  discovered: Verdict;
  /** Event 308: the host added itself to the principals. */
  joined: Verdict;
  /** Event 309: the host fetched keys of the dMSA. */
  keysFetched: Verdict;
  /** Its computer account is among the principals, by LDAP. */
  principal: Verdict;
  restarted: Verdict;
  /** Build 26100 or later. */
  build: Verdict;
  /** The Kerberos log was on before the restart, so that its silence means no. */
  logOn: Verdict;
  /** Every health check of the plan, after the latest restart. */
  healthy: Verdict;
  /** Every service of the plan still logs on as the account (failure-cases.md, 4). */
  startNameKept: Verdict;
  /** The account still has "Log on as a service" (failure-cases.md, 3). */
  logonRightKept: Verdict;
  /** Where each verdict comes from; the latest reading of a verdict holds. */
  seen: Seen[];
  /** A person's word that the rollout goes on without the host. */
  skipped?: { by: string; reason: string; at: string };
}

/** One reading: when, from where, and which verdicts it gave. */
export interface Seen {
  /** ISO 8601. */
  at: string;
  source: 'host' | 'kerberos-log' | 'directory' | 'restart';
  of: EvidenceName[];
}

export const evidenceNames = [
  'policy',
  'build',
  'logOn',
  'discovered',
  'joined',
  'keysFetched',
  'principal',
  'restarted',
  'healthy',
  'startNameKept',
  'logonRightKept',
] as const satisfies (keyof HostEvidence)[];

export type EvidenceName = (typeof evidenceNames)[number];

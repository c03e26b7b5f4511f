/** Accounts, groups and dMSAs that a topology may have in whatever condition; what is absent is as a new one has it. */

export interface LabAccount {
  /** sAMAccountName and common name. */
  name: string;
  servicePrincipalNames: string[];
  allowedToDelegateTo: string[];
  trustedToAuthForDelegation: boolean;
  unconstrainedDelegation?: boolean;
  disabled?: boolean;
  /** More bits of userAccountControl. */
  control?: number;
  adminCount?: boolean;
  /** Groups it is a direct member of, by name: built-in ones, or the topology's. */
  groups?: string[];
  /** `msDS-SupportedEncryptionTypes`. */
  encryptionTypes?: number;
  /** ISO 8601: `accountExpires`. */
  expires?: string;
  /** ISO 8601: `pwdLastSet`. Samba keeps it for itself. */
  passwordLastSet?: string;
  /** `name@lab.example` where absent; null for none. */
  userPrincipalName?: string | null;
  /** Names of an authentication policy and a silo, which are made where they are not there. */
  authenticationPolicy?: string;
  authenticationSilo?: string;
  /** SPNs that it has although others have them, as replication leaves behind what two DCs were told. */
  duplicateSpns?: string[];
}

export interface LabGroup {
  /** sAMAccountName and common name; the members are added to a group that is there. */
  name: string;
  /** Accounts, groups, hosts and bystanders by name, in cycles too; or SIDs, which become foreign principals. */
  members: string[];
  scope?: 'global' | 'universal' | 'local';
}

/** A pair as an audit may find it: every field says what is written, whether it fits the others or not. */
export interface LabDmsa {
  /** Common name; sAMAccountName with a `$`. */
  name: string;
  state: number;
  /** sAMAccountName of the account that it is linked with; null for none. */
  account: string | null;
  /** Which of the two links are there; both where absent. */
  links?: 'both' | 'on-dmsa' | 'on-account';
  /** State of the account; the same as `state` where absent, null for none. */
  accountState?: number | null;
  /** Hosts, bystanders and groups by name, or SIDs. */
  principals?: string[];
  disabled?: boolean;
  encryptionTypes?: number;
  description?: string;
  /** Deletes the account once all is linked: AD takes the links to it away. */
  accountDeleted?: boolean;
  /** Who started it, as event 3085 tells; absent for a pair that was forged and of which no event tells. */
  startedBy?: string;
}

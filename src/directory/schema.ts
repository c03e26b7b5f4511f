/** Names of the attributes and classes read, as the schema spells them (MS-ADA1 to 3, MS-ADSC). */
export const attribute = {
  dmsaState: 'msDS-DelegatedMSAState',
  precededBy: 'msDS-ManagedAccountPrecededByLink',
  accountState: 'msDS-SupersededServiceAccountState',
  supersededBy: 'msDS-SupersededManagedAccountLink',
  principals: 'msDS-GroupMSAMembership',
  passwordInterval: 'msDS-ManagedPasswordInterval',
  servicePrincipalName: 'servicePrincipalName',
  allowedToDelegateTo: 'msDS-AllowedToDelegateTo',
  actOnBehalfOf: 'msDS-AllowedToActOnBehalfOfOtherIdentity',
  authenticationPolicy: 'msDS-AssignedAuthNPolicy',
  authenticationSilo: 'msDS-AssignedAuthNPolicySilo',
  encryptionTypes: 'msDS-SupportedEncryptionTypes',
  /** On the account: dMSAs that point at it. */
  precededByBackLink: 'msDS-ManagedAccountPrecededByLinkBL',
  /** On the dMSA: accounts that point at it. */
  supersededByBackLink: 'msDS-SupersededManagedAccountLinkBL',
} as const;

export const dmsaClass = 'msDS-DelegatedManagedServiceAccount';

/** Class and attributes without which there is no migration; all of them came with Windows Server 2025 or before. */
export const neededInSchema = [
  dmsaClass,
  attribute.dmsaState,
  attribute.precededBy,
  attribute.precededByBackLink,
  attribute.accountState,
  attribute.supersededBy,
  attribute.supersededByBackLink,
  attribute.principals,
  attribute.passwordInterval,
];

/** Bits of userAccountControl (MS-ADTS 2.2.16). */
export const uac = {
  accountDisabled: 0x2,
  normalAccount: 0x200,
  workstationTrustAccount: 0x1000,
  serverTrustAccount: 0x2000,
  trustedForDelegation: 0x80000,
  trustedToAuthForDelegation: 0x1000000,
  /** Marks the computer account of an RODC. */
  partialSecretsAccount: 0x4000000,
} as const;

/**
 * Bits that matter to services and that Complete does not copy, by their names in MS-ADTS 2.2.16. Left out are those
 * that mean nothing to a dMSA, whose password the DC makes and changes: PASSWD_NOTREQD and DONT_EXPIRE_PASSWORD.
 */
export const uncopiedFlags: Record<string, number> = {
  DONT_REQ_PREAUTH: 0x400000,
  ENCRYPTED_TEXT_PWD_ALLOWED: 0x80,
  NOT_DELEGATED: 0x100000,
  SMARTCARD_REQUIRED: 0x40000,
  USE_DES_KEY_ONLY: 0x200000,
};

/** sAMAccountType of a plain user (MS-SAMR 2.2.1.9, SAM_USER_OBJECT). */
export const samUserObject = 0x30000000;

/** Attributes whose values are octets: an LDAP client must be told not to decode them as text. */
export const binaryAttributes = [
  'objectGUID',
  'objectSid',
  'securityIdentifier',
  'nTSecurityDescriptor',
  'tokenGroups',
  attribute.principals,
  attribute.actOnBehalfOf,
];

/** LDAP_MATCHING_RULE_TRANSITIVE_EVAL (MS-ADTS 3.1.1.3.4.4.3): follows a link through nested groups. */
export const inChainRule = '1.2.840.113556.1.4.1941';

/** LDAP_SERVER_SHOW_DELETED_OID (MS-ADTS 3.1.1.3.4.1.14): deleted objects are found, too. */
export const showDeletedControl = '1.2.840.113556.1.4.417';

/** LDAP_SERVER_SHOW_DEACTIVATED_LINK_OID (MS-ADTS 3.1.1.3.4.1.25): links to deleted objects are shown, too. */
export const showDeactivatedLinksControl = '1.2.840.113556.1.4.2065';

/** LDAP_MATCHING_RULE_BIT_OR (MS-ADTS 3.1.1.3.4.4.2): any bit. */
export const bitOrRule = '1.2.840.113556.1.4.804';

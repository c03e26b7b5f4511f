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
} as const;

export const dmsaClass = 'msDS-DelegatedManagedServiceAccount';

/** Bits of userAccountControl (MS-ADTS 2.2.16). */
export const uac = {
  accountDisabled: 0x2,
  normalAccount: 0x200,
  workstationTrustAccount: 0x1000,
  serverTrustAccount: 0x2000,
  trustedForDelegation: 0x80000,
  trustedToAuthForDelegation: 0x1000000,
} as const;

/** Attributes whose values are octets: an LDAP client must be told not to decode them as text. */
export const binaryAttributes = [
  'objectGUID',
  'objectSid',
  'securityIdentifier',
  'nTSecurityDescriptor',
  attribute.principals,
  attribute.actOnBehalfOf,
];

/** LDAP_SERVER_SD_FLAGS_OID (MS-ADTS 3.1.1.3.4.1.11): which parts of nTSecurityDescriptor are wanted. */
export const sdFlagsControl = '1.2.840.113556.1.4.801';

/** LDAP_MATCHING_RULE_TRANSITIVE_EVAL (MS-ADTS 3.1.1.3.4.4.3): follows a link through nested groups. */
export const inChainRule = '1.2.840.113556.1.4.1941';

/** LDAP_SERVER_SHOW_DELETED_OID (MS-ADTS 3.1.1.3.4.1.14): deleted objects are found, too. */
export const showDeletedControl = '1.2.840.113556.1.4.417';

/** LDAP_SERVER_SHOW_DEACTIVATED_LINK_OID (MS-ADTS 3.1.1.3.4.1.25): links to deleted objects are shown, too. */
export const showDeactivatedLinksControl = '1.2.840.113556.1.4.2065';

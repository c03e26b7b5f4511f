import { LdapFailure } from '../store.ts';
import { definitionOf } from './attributes.ts';

/**
 * Refusals in AD's words: the Win32 error in hexadecimal (MS-ERREF 2.2), the kind of error, and the problem. A DSID
 * names a line in the source of one build of AD, so here it is zeros.
 */
const dsid = 'DSID-00000000';
/** Build 26100, with which LdapErr texts end. */
const build = 'v65f4';

export const refusal = {
  notBound: () =>
    ldapErr(
      1,
      '000004DC',
      'In order to perform this operation a successful bind must be completed on the connection.',
    ),
  baseSearchOnly: () => ldapErr(1, '00002020', 'Error processing attribute selection'),
  unknownExtension: () => ldapErr(2, '0000203D', 'Unknown extended request OID'),
  /** Where TLS is on already (RFC 4511 4.14.2); the words are Samba's. */
  alreadySecure: () => new LdapFailure(1, 'START-TLS: TLS is already enabled on this LDAP session'),
  /** What Windows Server 2025 wants of a bind by default. */
  encryptionRequired: () =>
    ldapErr(
      8,
      '00002028',
      'The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection',
    ),
  /** AD gives no text with these two. */
  badVersion: () => new LdapFailure(2, ''),
  sizeLimitExceeded: () => new LdapFailure(4, ''),
  unknownAuthentication: () => ldapErr(7, '00002027', 'Invalid Authentication method'),
  badControl: () => ldapErr(12, '00000057', 'Error processing control'),
  unknownControl: () =>
    new LdapFailure(12, `00002040: SvcErr: ${dsid}, problem 5010 (UNAVAIL_EXTENSION), data 0\n`),
  /** An attribute or a class that the schema does not have. */
  unknownType: () => ldapErr(16, '00000057', 'Error in attribute conversion operation'),
  badCredentials: () =>
    new LdapFailure(
      49,
      `80090308: LdapErr: ${dsid}, comment: AcceptSecurityContext error, data 52e, ${build}`,
    ),
  busy: () => new LdapFailure(51, `0000200E: SvcErr: ${dsid}, problem 5001 (BUSY), data 0\n`),
  unwilling: () =>
    new LdapFailure(53, `00002035: SvcErr: ${dsid}, problem 5003 (WILL_NOT_PERFORM), data 0\n`),

  /** Modify DN without a new name (MS-ADTS 3.1.1.5.4.1.2). */
  emptyName: () => ldapErr(2, '00000057', 'Error in attribute conversion operation'),
  noParent: () => new LdapFailure(80, `00002089: SvcErr: ${dsid}, problem 5012 (DIR_ERROR), data 0\n`),
  badRdn: (rdn: string) => nameErr('0000208F', '2005 (NAMING_VIOLATION)', 64, rdn),
  illegalSuperior: (dn: string) => nameErr('00002099', '2005 (NAMING_VIOLATION)', 64, dn),
  noObject: (bestMatch: string) =>
    new LdapFailure(
      32,
      `00002030: NameErr: ${dsid}, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'${bestMatch}'\n`,
    ),
  badName: (dn: string) =>
    new LdapFailure(
      34,
      `0000208F: NameErr: ${dsid}, problem 2006 (BAD_NAME), data 8350, best match of:\n\t'${dn}'\n`,
    ),
  /** An attribute that none of the object's classes has (ERROR_DS_ATT_NOT_DEF_FOR_CLASS). */
  notOfClass: () =>
    new LdapFailure(65, `0000207D: UpdErr: ${dsid}, problem 6002 (OBJ_CLASS_VIOLATION), data 0\n`),
  /** Another value of the naming attribute than the DN has. */
  otherName: (dn: string) => nameErr('00002078', '2006 (BAD_NAME)', 34, dn),
  classViolation: () =>
    new LdapFailure(65, `00002014: UpdErr: ${dsid}, problem 6002 (OBJ_CLASS_VIOLATION), data 0\n`),
  hasChildren: () =>
    new LdapFailure(66, `00002015: UpdErr: ${dsid}, problem 6003 (CANT_ON_NON_LEAF), data 0\n`),
  namingAttribute: () =>
    new LdapFailure(67, `00002016: UpdErr: ${dsid}, problem 6004 (CANT_ON_RDN), data 0\n`),
  entryExists: () => new LdapFailure(68, `00002071: UpdErr: ${dsid}, problem 6005 (ENTRY_EXISTS), data 0\n`),
  /** The SAM's own check of sAMAccountName (ERROR_USER_EXISTS). */
  accountExists: () =>
    new LdapFailure(68, `00000524: UpdErr: ${dsid}, problem 6005 (ENTRY_EXISTS), data 0\n`),

  /** The SAM's own checks of a group's members: ERROR_MEMBER_IN_ALIAS, _NOT_IN_ALIAS and ERROR_NO_SUCH_USER. */
  memberExists: () => new LdapFailure(68, `00000562: UpdErr: ${dsid}, problem 6005 (ENTRY_EXISTS), data 0\n`),
  noSuchMember: () =>
    new LdapFailure(53, `00000561: SvcErr: ${dsid}, problem 5003 (WILL_NOT_PERFORM), data 0\n`),
  noMemberObject: () =>
    new LdapFailure(
      32,
      `00000525: NameErr: ${dsid}, problem 2001 (NO_OBJECT), data 0, best match of:\n\t''\n`,
    ),
  /** An account that every domain has, which the SAM lets nobody delete (ERROR_SPECIAL_ACCOUNT). */
  specialAccount: () => new LdapFailure(80, `0000055B: SvcErr: ${dsid}, problem 5012 (DIR_ERROR), data 0\n`),
  referral: (host: string, url: string) =>
    new LdapFailure(10, `0000202B: RefErr: ${dsid}, data 0, 1 access points\n\tref 1: '${host}'\n`, [url]),

  constraint: (name: string) => attributeErr(19, '0000202F', '1005 (CONSTRAINT_ATT_TYPE)', name),
  noSuchAttribute: (name: string) => attributeErr(16, '00002084', '1001 (NO_ATTRIBUTE_OR_VAL)', name),
  noSuchValue: (name: string) => attributeErr(16, '00002085', '1001 (NO_ATTRIBUTE_OR_VAL)', name),
  /** A second value for an attribute that has one and may have no more. */
  oneValueExists: (name: string) => attributeErr(20, '0000200D', '1006 (ATT_OR_VALUE_EXISTS)', name),
  valueExists: (name: string) => attributeErr(20, '00002083', '1006 (ATT_OR_VALUE_EXISTS)', name),
  badSyntax: (name: string) => attributeErr(21, '0000200B', '1002 (INVALID_ATT_SYNTAX)', name),
  singleValued: (name: string) => attributeErr(19, '00002081', '1005 (CONSTRAINT_ATT_TYPE)', name),
  systemOnly: (name: string) => attributeErr(19, '000020B1', '1005 (CONSTRAINT_ATT_TYPE)', name),
  noSuchTarget: (name: string) => attributeErr(19, '000020B5', '1005 (CONSTRAINT_ATT_TYPE)', name),
  /** Service principal names are unique in the forest since Windows Server 2012 R2 (MS-ADTS 3.1.1.5.1.3). */
  spnNotUnique: () => attributeErr(19, '000021C7', '1005 (CONSTRAINT_ATT_TYPE)', 'servicePrincipalName'),
  /** So are user principal names. */
  upnNotUnique: () => attributeErr(19, '000021C8', '1005 (CONSTRAINT_ATT_TYPE)', 'userPrincipalName'),
};

function ldapErr(code: number, error: string, comment: string): LdapFailure {
  return new LdapFailure(code, `${error}: LdapErr: ${dsid}, comment: ${comment}, data 0, ${build}`);
}

function nameErr(error: string, problem: string, code: number, dn: string): LdapFailure {
  return new LdapFailure(
    code,
    `${error}: NameErr: ${dsid}, problem ${problem}, data 0, best match of:\n\t'${dn}'\n`,
  );
}

function attributeErr(code: number, error: string, problem: string, attribute: string): LdapFailure {
  const { name, type } = definitionOf(attribute);
  const detail = `0: ${error}: ${dsid}, problem ${problem}, data 0, Att ${type.toString(16)} (${name})`;
  return new LdapFailure(code, `${error}: AtrErr: ${dsid}, #1:\n\t${detail}\n`);
}

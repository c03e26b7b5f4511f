import {
  BusyError,
  InvalidAsn1Error,
  InvalidCredentialsError,
  MessageParserError,
  NoSuchObjectError,
  UnknownStatusCodeError,
} from 'ldapts';
import { describe, expect, test } from 'vitest';

import { directoryError, isNoSuchObject } from '../../../src/directory/ldap/ldap-errors.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';

const server = 'ldaps://dc1.lab.example';
const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('failures of the directory', () => {
  test.each([
    [32, 'NOT_FOUND'],
    [49, 'BIND_REFUSED'],
    [50, 'ACCESS_DENIED'],
    [51, 'DIRECTORY_BUSY'],
    [52, 'DIRECTORY_BUSY'],
    [1, 'DIRECTORY_REFUSED'],
    [12, 'DIRECTORY_REFUSED'],
    [53, 'DIRECTORY_REFUSED'],
  ])('LDAP result %i is %s', (result, code) => {
    const error = directoryError(server, new UnknownStatusCodeError(result, 'as AD says'));
    expect(error).toMatchObject({ code, subject: server, message: `${server}: as AD says (LDAP ${result})` });
  });

  test.each([
    [
      3,
      'DIRECTORY_TIMED_OUT',
      'it took longer than the time limit of the request or of the domain controller',
    ],
    [4, 'DIRECTORY_LIMIT', 'there are more entries than the domain controller gives at once'],
    [
      8,
      'DIRECTORY_REFUSED',
      'the domain controller wants a signed or encrypted connection; use ldaps:// or StartTLS',
    ],
    [10, 'DIRECTORY_REFERRAL', 'the domain controller refers to another server, which is not asked'],
    [11, 'DIRECTORY_LIMIT', 'a limit that the administrator has set is reached'],
    [
      13,
      'DIRECTORY_REFUSED',
      'the domain controller takes this over an encrypted connection only; use ldaps:// or StartTLS',
    ],
  ])('LDAP result %i is %s, and told in words', (result, code, words) => {
    const told = directoryError(server, new UnknownStatusCodeError(result, 'as AD says'));
    expect(told).toMatchObject({ code, message: `${server}: ${words}: as AD says (LDAP ${result})` });
    const silent = directoryError(server, new UnknownStatusCodeError(result, ''));
    expect(silent.message).toBe(`${server}: ${words} (LDAP ${result})`);
  });

  test.each([
    [new Error('SearchRequest: Operation timed out'), 'DIRECTORY_TIMED_OUT'],
    [new Error('Connection timeout'), 'DIRECTORY_UNREACHABLE'],
    [new InvalidAsn1Error('Expected 0x2: got 0x4'), 'DIRECTORY_ANSWER_INVALID'],
    [new MessageParserError('Protocol Operation not supported: 0x1'), 'DIRECTORY_ANSWER_INVALID'],
  ])('what ldapts says itself has its code: %o', (cause, code) => {
    const error = directoryError(server, cause);
    expect(error).toMatchObject({ code, message: `${server}: ${cause.message}`, cause, retryable: true });
  });

  test.each(['ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED'])(
    '%s is a matter of the certificate, and is not tried again',
    (code) => {
      const error = directoryError(server, coded(code, 'not this one'));
      expect(error).toMatchObject({ code: 'CERTIFICATE_INVALID', message: `${server}: not this one` });
      expect(error.retryable).toBe(false);
    },
  );

  test.each([
    coded('ECONNREFUSED', ''),
    coded('ECONNRESET', 'read ECONNRESET'),
    new Error('Connection timeout'),
  ])('%o is a matter of the network, and is tried again', (cause) => {
    const error = directoryError(server, cause);
    expect(error.code).toBe('DIRECTORY_UNREACHABLE');
    expect(error.message).toBe(`${server}: ${cause.message || 'ECONNREFUSED'}`);
    expect(error.retryable).toBe(true);
  });

  test('AD’s reason for a refused bind is told in words', () => {
    const text = '80090308: LdapErr: DSID-0C0903AA, comment: AcceptSecurityContext error, data 775, v65f4\0';
    expect(directoryError(server, new InvalidCredentialsError(text)).message).toBe(
      `${server}: the account is locked out: ${text.slice(0, -1)} (LDAP 49)`,
    );
  });

  test('line breaks and the NUL at the end of AD’s texts do not reach a message', () => {
    const error = directoryError(server, new BusyError('0000200E: SvcErr:\n\tproblem 5001\n\0'));
    expect(error.message).toBe(`${server}: 0000200E: SvcErr: problem 5001 (LDAP 51)`);
  });

  test('a failure that is classified already stays what it is', () => {
    const error = new DmsaError('ARGUMENT_INVALID', 'x', 'y');
    expect(directoryError(server, error)).toBe(error);
  });

  test('only result 32 means that there is no such object', () => {
    expect(isNoSuchObject(new BusyError('x'))).toBe(false);
    expect(isNoSuchObject(new Error('32'))).toBe(false);
    expect(isNoSuchObject(new NoSuchObjectError('x'))).toBe(true);
  });
});

import { InvalidAsn1Error, MessageParserError, ResultCodeError } from 'ldapts';

import { DmsaError, type ErrorCode } from '../../domain/errors/errors.ts';

/** LDAP result codes (RFC 4511 4.1.9) that mean something of their own; any other is DIRECTORY_REFUSED. */
const byResultCode: Record<number, ErrorCode> = {
  3: 'DIRECTORY_TIMED_OUT',
  4: 'DIRECTORY_LIMIT',
  10: 'DIRECTORY_REFERRAL',
  11: 'DIRECTORY_LIMIT',
  32: 'NOT_FOUND',
  49: 'BIND_REFUSED',
  50: 'ACCESS_DENIED',
  51: 'DIRECTORY_BUSY',
  52: 'DIRECTORY_BUSY',
};

/** Advice that the text of a server does not give by itself. */
const explanations: Record<number, string> = {
  3: 'it took longer than the time limit of the request or of the domain controller',
  4: 'there are more entries than the domain controller gives at once',
  8: 'the domain controller wants a signed or encrypted connection; use ldaps:// or StartTLS',
  10: 'the domain controller refers to another server, which is not asked',
  11: 'a limit that the administrator has set is reached',
  13: 'the domain controller takes this over an encrypted connection only; use ldaps:// or StartTLS',
};

/** Codes of Node's TLS for a certificate that is not accepted: OpenSSL's X509_V_ERR names, and the name check's own. */
const certificateErrors = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Reasons for a refused bind, by the number after `data` in its text: Win32 errors in hexadecimal (MS-ERREF 2.2). */
const bindReasons: Record<string, string> = {
  '525': 'there is no such user',
  '52e': 'user or password is wrong',
  '530': 'the user may not log on at this hour',
  '531': 'the user may not log on from here',
  '532': 'the password has expired',
  '533': 'the account is disabled',
  '701': 'the account has expired',
  '773': 'the password must be changed first',
  '775': 'the account is locked out',
};

/** Any failure of the LDAP client as a DmsaError whose subject and message name the server. */
export function directoryError(server: string, error: unknown): DmsaError {
  if (error instanceof DmsaError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof ResultCodeError) return resultError(server, cause);
  const code = 'code' in cause ? String(cause.code) : '';
  const message = `${server}: ${oneLine(cause.message) || code}`;
  return new DmsaError(codeOf(cause, code), server, message, { cause });
}

function codeOf(cause: Error, code: string): ErrorCode {
  if (certificateErrors.has(code)) return 'CERTIFICATE_INVALID';
  if (cause instanceof InvalidAsn1Error || cause instanceof MessageParserError)
    return 'DIRECTORY_ANSWER_INVALID';
  return isTimeout(cause) ? 'DIRECTORY_TIMED_OUT' : 'DIRECTORY_UNREACHABLE';
}

/** ldapts has no class for an operation whose time is over; the text is all there is. */
function isTimeout(cause: Error): boolean {
  return cause.message.endsWith(': Operation timed out');
}

/** Result 32, which for a read means that there is nothing to read. */
export function isNoSuchObject(error: unknown): boolean {
  return error instanceof ResultCodeError && error.code === 32;
}

function resultError(server: string, cause: ResultCodeError): DmsaError {
  const code = byResultCode[cause.code] ?? 'DIRECTORY_REFUSED';
  const text = oneLine(cause.message.replace(/ Code: 0x[0-9a-f]+$/, ''));
  const reason =
    code === 'BIND_REFUSED'
      ? bindReasons[/, data ([0-9a-f]+)/.exec(text)?.[1] ?? '']
      : explanations[cause.code];
  const explained = [reason, text].filter((part) => part).join(': ');
  return new DmsaError(code, server, `${server}: ${explained || 'no reason given'} (LDAP ${cause.code})`, {
    cause,
  });
}

/** Characters of a server's text that a message repeats; AD's texts are shorter. */
const longestText = 5_000;

/** AD's texts have line breaks, tabs and a NUL at their end. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, longestText)
    .replace(/[\s\0]+/g, ' ')
    .trim();
  return text.length > longestText ? `${line}…` : line;
}

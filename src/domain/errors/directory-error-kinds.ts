import type { ErrorKind } from './error-kind.ts';

/** The directory, and the way to it. */
export const directoryErrorKinds = {
  DIRECTORY_UNREACHABLE: {
    retryable: true,
    meaning: 'No connection to a domain controller could be made, or it was lost.',
    fix: 'Check the URLs under [directory] in dmsa.toml and port 636 (389 with StartTLS) of the domain controllers.',
  },
  DIRECTORY_BUSY: {
    retryable: true,
    meaning: 'The domain controller is too busy to answer.',
    fix: 'No action is needed at first: it is asked again. If it stays, check the load of the domain controller.',
  },
  CERTIFICATE_INVALID: {
    retryable: false,
    meaning: 'The certificate of the domain controller is not trusted, has expired or names another server.',
    fix: 'Set ca-file under [directory] to the CA that issued it, or renew the certificate.',
  },
  BIND_REFUSED: {
    retryable: false,
    meaning: 'The domain controller refused the bind.',
    fix: 'Check user and password, or the client certificate, under [directory] in dmsa.toml.',
  },
  DIRECTORY_TIMED_OUT: {
    retryable: true,
    meaning: 'The domain controller did not answer an operation in its time.',
    fix: 'No action is needed at first: it is asked again. If it stays, check the load of the domain controller.',
  },
  DIRECTORY_LIMIT: {
    retryable: false,
    meaning: 'The answer is larger than the domain controller or this program allows.',
    fix: 'Read the message: it names the limit and what was asked for.',
  },
  DIRECTORY_REFERRAL: {
    retryable: false,
    meaning: 'The domain controller refers to another server; referrals are not followed.',
    fix: 'Name a domain controller of the domain in the message under [directory] in dmsa.toml.',
  },
  DIRECTORY_ANSWER_INVALID: {
    retryable: true,
    meaning: 'The answer of the domain controller is no LDAP, or breaks off inside a message.',
    fix: 'Check what stands between worker and domain controller; the message names the offset.',
  },
  DESCRIPTOR_INVALID: {
    retryable: false,
    meaning: 'A security descriptor in the directory is malformed.',
    fix: 'Read the attribute named in the message with another tool; the message names the offset.',
  },
  STARTTLS_REFUSED: {
    retryable: false,
    meaning: 'The domain controller does not offer StartTLS, and nothing is sent over a plain connection.',
    fix: 'Give it a certificate, or write its URL as ldaps:// under [directory] in dmsa.toml.',
  },
  REPLICATION_LAGGING: {
    retryable: true,
    meaning: 'Domain controllers differ about the accounts, so nothing is concluded from either.',
    fix: 'No action is needed at first: it is read again. If it stays, check the replication between them with repadmin /showrepl.',
  },
  DIRECTORY_REFUSED: {
    retryable: false,
    meaning: 'The domain controller refused the operation.',
    fix: 'Read its diagnostic text in the message; it names the rule.',
  },
  NOT_FOUND: {
    retryable: false,
    meaning: 'The object is not in the directory.',
    fix: 'Check the name; it may have been moved or deleted since the plan was made.',
  },
} as const satisfies Record<string, ErrorKind>;

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
    fix: 'Narrow what is asked for, for example with --ou, or raise the limits in the LDAP policies of the domain controllers (ntdsutil).',
  },
  DIRECTORY_REFERRAL: {
    retryable: false,
    meaning: 'The domain controller refers to another server; referrals are not followed.',
    fix: 'Set urls under [directory] in dmsa.toml to a domain controller of the domain in the message.',
  },
  DIRECTORY_ANSWER_INVALID: {
    retryable: true,
    meaning: 'The answer of the domain controller is no LDAP, or breaks off inside a message.',
    fix: 'Find what stands between worker and domain controller and answers in its place: a load balancer, a proxy, another service on the port.',
  },
  ATTRIBUTE_INVALID: {
    retryable: true,
    meaning: 'An attribute that the object must have is absent, not readable, or not of its type.',
    fix: 'Give the reader of [directory] the right to read it (docs/rights.md), and look at its value with Get-ADObject -Properties.',
  },
  DESCRIPTOR_INVALID: {
    retryable: false,
    meaning: 'A security descriptor in the directory is malformed.',
    fix: 'Look at the attribute of the message with dsacls or ADSI Edit, and write the descriptor anew.',
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
    fix: 'Search for the LDAP code and the text of the message in the log Directory Service of the domain controller; check its signing policy and the rights of the reader.',
  },
  CONTROLLER_UNSUITABLE: {
    retryable: false,
    meaning: 'The server of a URL is no domain controller, or one of another domain.',
    fix: 'Correct urls under [directory] in dmsa.toml: each is to lead to a domain controller of the same domain.',
  },
  NOT_FOUND: {
    retryable: false,
    meaning: 'The object is not in the directory.',
    fix: 'Check whether it was renamed, moved or deleted since the plan was made; restore it, or run dmsa plan again.',
  },
} as const satisfies Record<string, ErrorKind>;

import type { ErrorKind } from './error-kind.ts';

/** Temporal: the way to it, what it holds, and what it stores encrypted. */
export const temporalErrorKinds = {
  TEMPORAL_UNAVAILABLE: {
    retryable: true,
    meaning: 'No Temporal server answers at the address.',
    fix: 'Check that TEMPORAL_ADDRESS has host and gRPC port (7233 as a rule) of a Temporal server, that it runs, and the firewalls on the way.',
  },
  TEMPORAL_NOT_STARTED: {
    retryable: false,
    meaning: 'No Temporal server is named, and none could be found, downloaded, built or started.',
    fix: 'Set TEMPORAL_ADDRESS to a running server, or put the temporal CLI on PATH, or install Go 1.25 or later.',
  },
  TEMPORAL_TLS_MISMATCH: {
    retryable: false,
    meaning: 'One side of the connection to Temporal uses TLS, and the other does not.',
    fix: 'Set TEMPORAL_TLS=true for a server with TLS, or TEMPORAL_TLS=false for one without; an API key or a TEMPORAL_TLS_ variable turns TLS on, too.',
  },
  TEMPORAL_CERTIFICATE_INVALID: {
    retryable: false,
    meaning: 'The certificate of the Temporal server is not trusted, has expired or names another server.',
    fix: 'Set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the CA that issued it and TEMPORAL_TLS_SERVER_NAME to the name in it, or renew it.',
  },
  TEMPORAL_LOGIN_REFUSED: {
    retryable: false,
    meaning: 'Temporal does not accept the API key or client certificate, or wants one.',
    fix: 'Set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, to a login of the server that has not expired.',
  },
  TEMPORAL_DENIED: {
    retryable: false,
    meaning: 'Temporal knows the login, or does not say that it does not, and denies it the call.',
    fix: 'Grant the API key or client certificate write access to the namespace, check that it has not expired, and that TEMPORAL_NAMESPACE belongs to TEMPORAL_ADDRESS.',
  },
  NAMESPACE_NOT_FOUND: {
    retryable: false,
    meaning: 'The Temporal server has no such namespace.',
    fix: 'Create it with temporal operator namespace create --namespace NAME, or correct TEMPORAL_NAMESPACE.',
  },
  SEARCH_ATTRIBUTES_MISSING: {
    retryable: false,
    meaning:
      'The namespace lacks search attributes that migrations are listed by, and dmsa may not add them.',
    fix: 'Have an administrator of Temporal add DmsaAccount, DmsaAccountKey, DmsaStage, DmsaGate, DmsaNeeds and DmsaOutcome as Keyword: temporal operator search-attribute create, or the settings of the namespace in Temporal Cloud.',
  },
  SEARCH_ATTRIBUTES_MISTYPED: {
    retryable: false,
    meaning: 'A search attribute of the namespace has the name of one of dmsa, and another type.',
    fix: 'Remove it with temporal operator search-attribute remove and create it as Keyword, or set TEMPORAL_NAMESPACE to a namespace of its own for dmsa.',
  },
  SEARCH_ATTRIBUTES_FULL: {
    retryable: false,
    meaning: 'The namespace has as many Keyword search attributes as the server allows.',
    fix: 'Remove those that nobody needs with temporal operator search-attribute remove, or set TEMPORAL_NAMESPACE to a namespace of its own for dmsa.',
  },
  OPERATOR_SERVICE_REFUSED: {
    retryable: false,
    meaning:
      'The server keeps its operator service to its administrators, as Temporal Cloud does, so search attributes cannot be read or added.',
    fix: 'Ask an administrator of Temporal whether DmsaAccount, DmsaAccountKey, DmsaStage, DmsaGate, DmsaNeeds and DmsaOutcome are there as Keyword.',
  },
  TEMPORAL_BUSY: {
    retryable: true,
    meaning: 'Temporal takes no more requests now: a rate limit of the namespace or the server is reached.',
    fix: 'Try again in a minute; if it stays, have an administrator of Temporal raise the limit of the namespace.',
  },
  TEMPORAL_UNSUITABLE: {
    retryable: false,
    meaning: 'The server does not know a call that dmsa needs.',
    fix: 'Upgrade the Temporal server to 1.28 or later, or correct TEMPORAL_ADDRESS if it is another service.',
  },
  TEMPORAL_REFUSED: {
    retryable: false,
    meaning: 'Temporal refused a call for a reason that no other code has.',
    fix: 'Look for the message in the log of the Temporal server at that time, and report it as a fault of dmsa if the server is in order.',
  },
  TEMPORAL_PROFILE_INVALID: {
    retryable: false,
    refused: true,
    meaning: 'Temporal\u2019s own profile file or TEMPORAL_ variables cannot be used.',
    fix: 'Correct the file that TEMPORAL_CONFIG_FILE names, or the variables; temporal config list shows them.',
  },
  NO_WORKER: {
    retryable: true,
    meaning: 'No worker answers for the migration.',
    fix: 'Start one with dmsa worker, on the same task queue.',
  },
  ATTEMPT_CUT_OFF: {
    retryable: true,
    meaning:
      'The worker stops, or Temporal took the attempt back, before its end; the effect may have happened.',
    fix: 'No action is needed at first: another attempt reads before it changes anything. If it stays, check that a worker runs, and read its log.',
  },
  MIGRATION_NOT_FOUND: {
    retryable: false,
    meaning: 'There is no migration of that id or account.',
    fix: 'Look for its id in dmsa list --all.',
  },
  MIGRATION_AMBIGUOUS: {
    retryable: false,
    meaning: 'Accounts of several domains have the name, and each has a migration.',
    fix: 'Give the id of the migration that is meant, as dmsa list --all shows it.',
  },
  HISTORY_MISSING: {
    retryable: false,
    meaning:
      'Temporal no longer has the history of the migration: its retention is over, or somebody deleted it.',
    fix: 'Read in the journal under [records] what was done, with dmsa report, and undo by hand what is to be undone.',
  },
  MIGRATION_STOPPED: {
    retryable: false,
    meaning: 'Somebody ended the workflow from outside: nothing was undone.',
    fix: 'Run dmsa resume --adopt to go on with it, or to undo it then.',
  },
  MIGRATION_RUNNING: {
    retryable: false,
    refused: true,
    meaning: 'A migration of this account is running already.',
    fix: 'Look at it with dmsa status; let it end, or undo it.',
  },
  MIGRATION_ENDED: {
    retryable: false,
    meaning: 'The migration has ended: nothing can be asked of it any more.',
    fix: 'Look at how it ended with dmsa status.',
  },
  ENCRYPTION_KEY_UNKNOWN: {
    retryable: false,
    meaning: 'A payload was encrypted with a key that is not in the key ring of whoever reads it.',
    fix: 'Add the key of that id to the ring ([encryption] keys-file) of whoever reads, in any place but the first.',
  },
  PAYLOAD_UNREADABLE: {
    retryable: false,
    meaning: 'An encrypted payload is not what was written with that key: it was cut off or changed.',
    fix: 'Compare the key of that id with where it was made; if it is the same, find out who changed the payload.',
  },
} as const satisfies Record<string, ErrorKind>;

import type { ErrorKind } from './error-kind.ts';

/** Temporal: the way to it, what it holds, and what it stores encrypted. */
export const temporalErrorKinds = {
  TEMPORAL_UNAVAILABLE: {
    retryable: false,
    meaning: 'No Temporal server answers, and none could be started.',
    fix: 'Set TEMPORAL_ADDRESS to a running server, or put the temporal CLI on PATH, or install Go 1.25 or later.',
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
  MIGRATION_NOT_FOUND: {
    retryable: false,
    meaning: 'There is no migration of that id or account.',
    fix: 'Look for its id in dmsa list --all.',
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
    fix: 'Add the key that the message names to the ring ([encryption] keys-file), in any place but the first.',
  },
  PAYLOAD_UNREADABLE: {
    retryable: false,
    meaning: 'An encrypted payload is not what was written with that key: it was cut off or changed.',
    fix: 'Compare the key of that id with where it was made; if it is the same, find out who changed the payload.',
  },
} as const satisfies Record<string, ErrorKind>;
